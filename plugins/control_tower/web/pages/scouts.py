"""`/scouts`: all scouts, and one: what they brought, are due and were paid, and what is worth a look."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any
from urllib.parse import urlencode

from babel.dates import format_date
from fastapi import Query, Request
from fastapi.responses import HTMLResponse

from control_tower.i18n.formats import Formats
from control_tower.web.api import scouts as api
from control_tower.web.api.lists import page_in
from control_tower.web.language import language_of
from control_tower.web.models.scouts import ScoutMonth, ScoutSignal
from control_tower.web.pages.charts import Chart, Notation, chart
from control_tower.web.pages.form_fields import ListPageQuery, Order
from control_tower.web.pages.rendering import page
from control_tower.web.permissions import CurrentUserDep, readers_router
from control_tower.web.pool import connection_pools
from control_tower.web.queries import scouts as ask
from control_tower.web.queries import statements as ask_statements

router = readers_router("scout_attribution_refresh", prefix="/scouts", include_in_schema=False)

MONTHS = 12
"""Months of the charts, this one included."""

SECTION_ROWS = 24
"""Statements shown on the page of a scout; their own page has all."""


class ScoutsViewQuery(api.ScoutsQuery, ListPageQuery):
    """Which scouts."""


class ScoutViewQuery(api.ScoutPersonsQuery, ListPageQuery):
    """Which persons of a scout, or which rows behind a signal."""

    signal: api.Signal | None = None


@router.get("")
def scouts(request: Request, current_user: CurrentUserDep, query: Annotated[ScoutsViewQuery, Query()]) -> HTMLResponse:
    """All scouts; and what is worth a look."""
    with connection_pools().reading() as connection:
        found = page_in(connection, ask.SCOUTS, current_user, query)
        signals = ask.signals(connection)
    by_scout: dict[int, list[ScoutSignal]] = {}
    for signal in signals:
        by_scout.setdefault(signal.scout_id, []).append(signal)
    asked = query.model_dump(exclude={"page", "page_size"}, exclude_defaults=True, mode="json")
    return page(
        request,
        "scouts.html",
        found=found,
        chosen=query,
        order=Order.of(ask.SCOUTS, query.sort),
        signals=by_scout,
        export=f"?{urlencode(asked)}" if asked else "",
        is_filtered=bool(query.filters(exclude_defaults=True)),
    )


@router.get("/{scout_id}")
def scout(
    request: Request,
    current_user: CurrentUserDep,
    scout_id: api.ScoutId,
    query: Annotated[ScoutViewQuery, Query()],
) -> HTMLResponse:
    """One scout; below it the persons they brought, or the rows behind a signal."""
    filters: dict[str, Any] = query.model_dump(include={"payment_status", "in_doubt"})
    with connection_pools().reading() as connection:
        found = ask.scout(connection, scout_id)
        statements = ask_statements.STATEMENTS.page(
            connection,
            current_user,
            {"scout_id": scout_id, "period": None, "currency": None, "is_paid": None},
            page=1,
            page_size=SECTION_ROWS,
        )
        persons = ask.PERSONS.page(
            connection,
            current_user,
            {**filters, "scout_id": scout_id},
            page=query.page,
            page_size=query.page_size,
            order=query.sort,
            or_last=True,
        )
        behind = (
            ask.SIGNAL_ROWS.page(
                connection, current_user, {"scout_id": scout_id, "signal": query.signal}, page=1, page_size=200
            )
            if query.signal
            else None
        )
    asked = query.model_dump(include={"payment_status", "in_doubt", "sort"}, exclude_defaults=True, mode="json")
    return page(
        request,
        "scout.html",
        scout=found,
        chosen=query,
        persons=persons,
        order=Order.of(ask.PERSONS, query.sort),
        statements=statements,
        behind=behind,
        charts=_charts(request, found.months),
        export=f"?{urlencode(asked)}" if asked else "",
    )


def _charts(request: Request, months: list[ScoutMonth]) -> list[Chart]:
    """A chart per source with records, month by month."""
    formats = Formats(language_of(request))
    _ = formats.texts.gettext
    last = ask.today().replace(day=1)
    calendar = [_month_before(last, back) for back in reversed(range(MONTHS))]
    notation = Notation(
        figure=formats.number,
        day=lambda month: format_date(month, "MMMM y", locale=language_of(request)),
        short_day=lambda month: format_date(month, "MMM", locale=language_of(request)),
        nothing=_("no data"),
        summary=_(
            "{first} to {last}, between {least} and {greatest} a month; latest {latest}; {known} of {days} months"
        ),
    )
    charts = []
    for source in sorted({month.source_table for month in months}):
        records = {month.month: month.records for month in months if month.source_table == source}
        series = [(month, float(records.get(month, 0))) for month in calendar]
        charts.append(chart(formats.texts.name("source", source), series, notation, kind="bars", dated=3))
    return charts


def _month_before(month: date, back: int) -> date:
    """The first day of the month so many months before."""
    number = month.year * 12 + month.month - 1 - back
    return date(number // 12, number % 12 + 1, 1)
