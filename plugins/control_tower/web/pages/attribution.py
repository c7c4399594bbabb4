"""`/scouts/attribution-health`: how well persons are attributed to scouts, why not better, and running the refresh."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from fastapi import Query, Request
from fastapi.responses import HTMLResponse

from control_tower.i18n.formats import Formats
from control_tower.web.language import language_of
from control_tower.web.models.amounts import Json
from control_tower.web.models.attribution import Day
from control_tower.web.pages.charts import Chart, Notation, Series, chart, differences
from control_tower.web.pages.form_fields import PageQuery
from control_tower.web.pages.rendering import page
from control_tower.web.permissions import CurrentUserDep, readers_router
from control_tower.web.pool import connection_pools
from control_tower.web.queries import attribution as ask
from control_tower.web.queries import pages as ask_pages
from control_tower.web.queries.runs import RUNS

router = readers_router("scout_attribution_refresh", prefix="/scouts", include_in_schema=False)

DAYS = 31


@router.get("/attribution-health")
def attribution_health(
    request: Request,
    current_user: CurrentUserDep,
    _: Annotated[PageQuery, Query()],
) -> HTMLResponse:
    """The state in one glance and why, the backlog, thirty days, and the last runs."""
    with connection_pools().reading() as connection:
        health = ask_pages.attribution_health(connection)
        metrics = ask.metrics(connection)
        daily = ask.daily_metrics(connection, DAYS).daily_metrics
        wanted = {"job_type": "scout_attribution_refresh", "status": None, "day": None}
        runs = RUNS.page(connection, current_user, wanted, page=1, page_size=8).rows
    return page(
        request,
        "attribution.html",
        health=health,
        metrics=metrics,
        runs=runs,
        charts=_charts(request, daily),
        run_work=_work,
        may_run=current_user.may("POST", "scout_attribution_refresh"),
    )


def _work(summary: Json) -> dict[str, int | None]:
    """How many steps a run has finished, and how many rows they wrote; nothing of a run that keeps no such summary."""
    changed = summary.get("rows_changed_per_step") if isinstance(summary, dict) else None
    if not isinstance(changed, dict):
        return {"steps": None, "rows": None}
    return {"steps": len(changed), "rows": sum(rows for rows in changed.values() if isinstance(rows, int))}


def _charts(request: Request, daily: list[Day]) -> list[Chart]:
    formats = Formats(language_of(request))
    _ = formats.texts.gettext

    def series(figure: str) -> Series:
        values = ((day.date, getattr(day, figure)) for day in daily)
        return [(day, None if value is None else float(value)) for day, value in values]

    notation = Notation(
        figure=formats.number,
        day=formats.day,
        short_day=formats.short_day,
        nothing=_("no data"),
        summary=_(
            "{first} to {last}, between {least} and {greatest}; latest {latest}; {known} of {days} days with data"
        ),
    )
    return [
        chart(
            _("Scout satisfactory"),
            series("pct_satisfactory"),
            replace(notation, figure=lambda value: formats.percent(value, 0 if value in (0, 50, 80, 100) else 1)),
            top=100.0,
            limits=(50.0, 80.0),
        ),
        chart(_("Open conflicts"), series("conflicts_count"), notation),
        chart(_("New persons per day"), differences(series("total_persons")), notation, kind="bars"),
    ]
