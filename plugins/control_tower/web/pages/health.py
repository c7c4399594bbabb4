"""`/health`: is it all right, what is wrong since when, and what to do."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Annotated, Any

from fastapi import Query, Request
from fastapi.responses import HTMLResponse
from markupsafe import Markup

from control_tower.i18n.formats import Formats
from control_tower.monitoring.states import CHECK_FAILED
from control_tower.web.explain import Explainer
from control_tower.web.language import language_of
from control_tower.web.listing import as_decided, ttl_cache
from control_tower.web.models.health import Check, CheckChange, Health, Source
from control_tower.web.pages.charts import Spark, spark
from control_tower.web.pages.check_strip import StripDay, strip
from control_tower.web.pages.form_fields import PageQuery
from control_tower.web.pages.health_note import place_of
from control_tower.web.pages.rendering import page, rendered, site
from control_tower.web.permissions import CurrentUserDep, readers_router
from control_tower.web.pool import connection_pools
from control_tower.web.queries import health as ask
from control_tower.web.queries import watch as ask_watch

router = readers_router("pipeline_health", include_in_schema=False)

READ_LIVE = ("pipeline", "quality", "source", "health")
"""Groups of checks whose current state the page reads itself, fresher than their last check."""

SPARK_DAYS = 28
STRIP_DAYS = 14
"""Days that are drawn small, beside each source and each check."""

ORDER = ("OK", "UNKNOWN", "YELLOW", "RED")


@router.get("/health")
def health(request: Request, current_user: CurrentUserDep, _: Annotated[PageQuery, Query()]) -> HTMLResponse:
    """Pipelines, open alerts, sources, checks and what was."""
    explain = Explainer(language_of(request))
    with connection_pools().reading() as connection:
        key = (*as_decided(connection), "health_page", current_user.sees_personal_data)
        picture: tuple[Health, list[Source], list[Check]] = ttl_cache.get(
            key,
            lambda: (
                ask.health(connection, current_user),
                ask.sources(connection, current_user),
                ask.CHECKS.page(connection, current_user, {"severity": None}, page=1, page_size=200).rows,
            ),
        )
        alerts = ask.ALERTS.page(connection, current_user, {"severity": None}, page=1, page_size=50).rows
        history = ask.ALERT_HISTORY.page(connection, current_user, {"cause": None}, page=1, page_size=30).rows
        given_up = {"alert_id": None, "status": "GIVEN_UP"}
        failing = ask.DELIVERIES.page(connection, current_user, given_up, page=1, page_size=5).rows
        mutes = ask.MUTES.page(connection, current_user, {"include_ended": False}, page=1, page_size=50).rows
        arrived = ask_watch.arrivals(connection, SPARK_DAYS)
        changed = ask_watch.changes(connection, current_user, None)
    found, sources, checks = picture

    def tables() -> Markup:
        drawn = {"sparks": _sparks(request, arrived), "strips": _strips(request, checks, changed)}
        return rendered(request, "health_tables.html", sources=sources, checks=checks, **drawn)

    problems = _problems(found, checks, explain)
    return page(
        request,
        "health.html",
        found=found,
        status=max([found.status, *(problem["severity"] for problem in problems)], key=ORDER.index),
        problems=problems,
        # most of the page, and the same for all who may see the same
        tables=ttl_cache.get((*key, language_of(request), site(request), "tables"), tables),
        states={check.check_name: check for check in checks},
        alerts=alerts,
        history=[alert for alert in history if alert.closed_at is not None],
        failing=failing,
        mutes=mutes,
        place_of=place_of,
        troubles={trouble.check_name: trouble for trouble in getattr(request.state, "health_note", None) or ()},
        may={
            "identity_run": current_user.may("POST", "identity_ingestion"),
            "scout_attribution_refresh": current_user.may("POST", "scout_attribution_refresh"),
            "alerts": current_user.may("POST", "pipeline_health"),
        },
    )


def _sparks(request: Request, arrived: dict[str, dict[date, int]]) -> dict[str, Spark]:
    """The last days of each source, in small."""
    formats = Formats(language_of(request))
    today = datetime.now(formats.zone).date()
    days = [today - timedelta(days=back) for back in range(SPARK_DAYS - 1, -1, -1)]
    text = formats.texts.gettext("rows per day, {first} to {last}: {figures}")
    return {
        source: spark(
            [float(rows.get(day, 0)) for day in days],
            text.format(
                first=formats.short_day(days[0]),
                last=formats.short_day(days[-1]),
                figures=", ".join(formats.number(rows.get(day, 0)) for day in days),
            ),
        )
        for source, rows in arrived.items()
    }


def _strips(request: Request, checks: list[Check], changed: list[CheckChange]) -> dict[str, list[StripDay]]:
    """The last days of each check that was ever other than all right in them."""
    zone = Formats(language_of(request)).zone
    today = datetime.now(zone).date()
    of_check: dict[str, list[CheckChange]] = {}
    for change in changed:
        of_check.setdefault(change.check_name, []).append(change)
    return {
        check.check_name: strip(
            of_check.get(check.check_name, ()), check.severity, check.since, today, zone, STRIP_DAYS
        )
        for check in checks
    }


def _problems(found: Health, checks: list[Check], explain: Explainer) -> list[dict[str, Any]]:
    """Everything that is not all right, the worst first: severity, what it is, what to do."""
    problems: list[dict[str, Any]] = []

    def add(severity: str, check_name: str, state: str) -> None:
        title, action = explain.problem(check_name, state)
        problems.append({"severity": severity, "check": check_name, "title": title, "action": action, "code": state})

    for pipeline in found.pipelines:
        for state in pipeline.states:
            if state != "OK":
                add("RED" if state.startswith("RED") else "YELLOW", f"pipeline.{pipeline.job_type}", state)
    qualities = [reason for reason in found.attribution.reasons if not reason.startswith(("RED_", "YELLOW_"))]
    if qualities:
        add(
            "RED" if found.attribution.state == "FAIL" else "YELLOW",
            "quality.scout_attribution",
            "ATTRIBUTION_QUALITY",
        )
    for source, state in sorted(found.unhealthy_sources.items()):
        add("RED" if state.startswith("RED") else "YELLOW", f"source.{source}", state)
    if found.watch.severity != "OK":
        add(found.watch.severity or "RED", "health.itself", found.watch.state or "RED_NO_CHECKS")
    for check in checks:
        if check.severity == "OK" or check.state == "NOT_CONFIGURED":
            continue  # a channel without a connection is no problem
        if check.severity == "UNKNOWN" and check.state == CHECK_FAILED:
            continue  # one problem per group that could not be read
        if check.check_name.partition(".")[0] not in READ_LIVE:
            add(check.severity, check.check_name, check.state)
    return sorted(problems, key=lambda problem: -ORDER.index(problem["severity"]))
