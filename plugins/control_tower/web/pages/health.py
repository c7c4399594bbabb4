"""`/health`: is it all right, what is wrong since when, and what to do."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Query, Request
from fastapi.responses import HTMLResponse

from control_tower.monitoring.check_result import CHECK_FAILED
from control_tower.web.language import language_of
from control_tower.web.listing import database_of, ttl_cache
from control_tower.web.models.health import Check, Health, Source
from control_tower.web.pages.explain import Explainer
from control_tower.web.pages.form_fields import Spoken
from control_tower.web.pages.rendering import page
from control_tower.web.permissions import CurrentUser, CurrentUserDep, ReadersRouter
from control_tower.web.pool import sessions
from control_tower.web.queries import health as ask

router = ReadersRouter("pipeline_health", include_in_schema=False)

READ_FRESH = ("pipeline", "quality", "source", "health")
"""Groups of checks whose state `Health` has read itself, later than their last check."""

ORDER = ("OK", "UNKNOWN", "YELLOW", "RED")


class HealthQuery(Spoken):
    """Nothing but the language."""


@router.get("/health")
def health(request: Request, current_user: CurrentUserDep, query: Annotated[HealthQuery, Query()]) -> HTMLResponse:  # noqa: ARG001
    """Pipelines, open alerts, sources, checks and what was."""
    explain = Explainer(language_of(request))
    with sessions().reading() as connection:
        key = (*database_of(connection), "health_page", current_user.sees_personal_data)
        picture: tuple[Health, list[Source], list[Check]] = ttl_cache.get(
            key,
            lambda: (
                ask.health(connection, current_user),
                ask.SOURCES.page(connection, current_user, {"severity": None}, page=1, page_size=100).rows,
                ask.CHECKS.page(connection, current_user, {"severity": None}, page=1, page_size=200).rows,
            ),
        )
        alerts = ask.ALERTS.page(connection, current_user, {"severity": None}, page=1, page_size=50).rows
        history = ask.ALERT_HISTORY.page(connection, current_user, {"cause": None}, page=1, page_size=30).rows
        failing = ask.DELIVERIES.page(
            connection, current_user, {"alert_id": None, "status": "GIVEN_UP"}, page=1, page_size=5
        ).rows
    found, sources, checks = picture
    problems = _problems(found, checks, explain)
    return page(
        request,
        current_user,
        "health.html",
        found=found,
        status=max([found.status, *(problem["severity"] for problem in problems)], key=ORDER.index),
        problems=problems,
        sources=sources,
        checks=checks,
        states={check.check_name: check for check in checks},
        alerts=alerts,
        history=[alert for alert in history if alert.closed_at is not None],
        failing=failing,
        explain=explain,
        may=_rights(current_user),
    )


def _rights(current_user: CurrentUser) -> dict[str, bool]:
    return {
        "identity_run": current_user.may("POST", "identity_ingestion"),
        "scout_attribution_refresh": current_user.may("POST", "scout_attribution_refresh"),
        "alerts": current_user.may("POST", "pipeline_health"),
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
        add("RED" if found.attribution.state == "FAIL" else "YELLOW", "quality.attribution", "ATTRIBUTION_QUALITY")
    for source, state in sorted(found.unhealthy_sources.items()):
        add("RED" if state.startswith("RED") else "YELLOW", f"source.{source}", state)
    if found.watch.severity != "OK":
        add(found.watch.severity or "RED", "health.itself", found.watch.state or "RED_NO_CHECKS")
    for check in checks:
        if check.severity == "OK" or check.state == "NOT_CONFIGURED":
            continue  # channels are optional
        if check.severity == "UNKNOWN" and check.state == CHECK_FAILED:
            continue  # the failed probe of its group is listed once
        if check.check_name.partition(".")[0] not in READ_FRESH:
            add(check.severity, check.check_name, check.state)
    return sorted(problems, key=lambda problem: -ORDER.index(problem["severity"]))
