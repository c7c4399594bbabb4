"""`/sources/{name}`: the days of a source as a chart, what is expected of it, and what is wrong now."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import Path, Query, Request
from fastapi.responses import HTMLResponse

from control_tower.i18n.formats import Formats
from control_tower.settings import get_settings
from control_tower.sources import WATCHED_SOURCES
from control_tower.web.api_errors import ApiError
from control_tower.web.language import language_of
from control_tower.web.models.health import SourceDay
from control_tower.web.pages.charts import Chart, Notation, chart
from control_tower.web.pages.checks import check_history, section_of
from control_tower.web.pages.form_fields import PageQuery
from control_tower.web.pages.rendering import page
from control_tower.web.permissions import CurrentUserDep, readers_router
from control_tower.web.pool import connection_pools
from control_tower.web.queries import health as ask
from control_tower.web.queries import watch as ask_watch

router = readers_router("pipeline_health", prefix="/sources", include_in_schema=False)


@router.get("/{source_name}")
def source(
    request: Request,
    current_user: CurrentUserDep,
    source_name: Annotated[str, Path(max_length=100)],
    _: Annotated[PageQuery, Query()],
) -> HTMLResponse:
    """One source: rows per day with the expected band, its loads, its rules in words, and the runbook's section."""
    if source_name not in WATCHED_SOURCES:
        raise ApiError("UNKNOWN_SOURCE", name=source_name)
    with connection_pools().reading() as connection:
        every = ask.sources(connection, current_user, may_count=True)
        found = next((row for row in every if row.source_name == source_name), None)
        expectation = ask_watch.expectation(connection, source_name)
        days = ask_watch.source_days(connection, source_name)
        history = check_history(connection, current_user, f"source.{source_name}", request)
    if found is None or expectation is None:
        raise ApiError("UNKNOWN_SOURCE", name=source_name)
    return page(
        request,
        "source.html",
        source=found,
        expected=expectation,
        days=days,
        drawn=_chart(request, days),
        today=datetime.now(ZoneInfo(get_settings().timezone)).date(),
        timezone=get_settings().timezone,
        **{**history, "section": section_of(f"source.{source_name}", found.health_status, request)},
    )


def _chart(request: Request, days: list[SourceDay]) -> Chart:
    formats = Formats(language_of(request))
    _ = formats.texts.gettext
    notation = Notation(
        figure=formats.number,
        day=formats.day,
        short_day=formats.short_day,
        nothing=_("no rows"),
        summary=_(
            "{first} to {last}, between {least} and {greatest}; latest {latest}; {known} of {days} days with data"
        ),
    )
    return chart(
        _("Rows that arrived per day"),
        [(day.day, float(day.rows_arrived) if day.rows_arrived else None) for day in days],
        notation,
        kind="bars",
        expected=[
            (float(day.least_rows), float(day.usual_rows))
            if day.least_rows is not None and day.usual_rows is not None and day.is_expected
            else None
            for day in days
        ],
    )
