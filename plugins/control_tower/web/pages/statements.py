"""`/scouts/statements`: closed periods, the statements of one, and a statement with its lines, also as a sheet."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import Query, Request
from fastapi.responses import HTMLResponse, Response

from control_tower.settings import get_settings
from control_tower.web.api import statements as api
from control_tower.web.api.lists import page_in
from control_tower.web.pages.form_fields import ListPageQuery, Order, PageQuery
from control_tower.web.pages.rendering import page
from control_tower.web.permissions import CurrentUser, CurrentUserDep, readers_router
from control_tower.web.personal_data import note_access
from control_tower.web.pool import connection_pools
from control_tower.web.queries import statements as ask

router = readers_router("scout_attribution_refresh", prefix="/scouts/statements", include_in_schema=False)


class StatementsViewQuery(api.StatementsQuery, ListPageQuery):
    """Which statements; without any filter the page shows the periods."""


class StatementViewQuery(api.LinesQuery, ListPageQuery):
    """Which lines of a statement."""


@router.get("")
def statements(
    request: Request, current_user: CurrentUserDep, query: Annotated[StatementsViewQuery, Query()]
) -> HTMLResponse:
    """The closed periods, the newest first; or the statements of a period or a scout, with their totals."""
    filters = query.filters()
    if all(value is None for value in filters.values()):
        return _periods(request, current_user, query)
    with connection_pools().reading() as connection:
        period = ask.period(connection, current_user, query.period) if query.period is not None else None
        totals = ask.STATEMENTS.totals(connection, ask.STATEMENT_TOTALS, filters)
        found = page_in(connection, ask.STATEMENTS, current_user, query, total=sum(row["statements"] for row in totals))
    return page(
        request,
        "statements.html",
        found=found,
        chosen=query,
        order=Order.of(ask.STATEMENTS, query.sort),
        period=period,
        totals=totals,
        export=query.export(),
    )


def _periods(request: Request, current_user: CurrentUser, query: StatementsViewQuery) -> HTMLResponse:
    may_close = current_user.may("POST", "close_liquidation_period")
    with connection_pools().reading() as connection:
        found = ask.PERIODS.page(connection, current_user, {}, page=query.page, page_size=query.page_size, or_last=True)
        last = ask.last_closed_day(connection) if may_close else None
    today = _today()
    suggested = last + timedelta(days=1) if last is not None else today.replace(day=1)
    return page(
        request,
        "periods.html",
        found=found,
        may_close=may_close,
        first_day=min(suggested, today),
        last_day=max(min(suggested, today), today - timedelta(days=1)),
    )


@router.get("/{statement_id}")
def statement(
    request: Request,
    current_user: CurrentUserDep,
    statement_id: api.StatementId,
    query: Annotated[StatementViewQuery, Query()],
) -> HTMLResponse:
    """One statement: whose, how much, its lines, and the form to mark it paid."""
    with connection_pools().reading() as connection:
        found = ask.statement(connection, current_user, statement_id)
        lines = ask.LINES.page(
            connection,
            current_user,
            {"statement_id": statement_id, **query.filters()},
            page=query.page,
            page_size=query.page_size,
            order=query.sort,
            total=found.line_count if query.kind is None else None,
            or_last=True,
        )
    return page(
        request,
        "statement.html",
        statement=found,
        chosen=query,
        found=lines,
        order=Order.of(ask.LINES, query.sort),
        may_pay=current_user.may("POST", "close_liquidation_period"),
        today=_today(),
    )


@router.get("/{statement_id}/print")
def sheet(
    request: Request,
    current_user: CurrentUserDep,
    statement_id: api.StatementId,
    _: Annotated[PageQuery, Query()],
) -> Response:
    """The statement as a sheet to print and sign, with all of its lines. It leaves the page, as an export does."""
    with connection_pools().reading() as connection:
        found = ask.statement(connection, current_user, statement_id)
        note_access(current_user, "export", subject=f"statement_sheet {statement_id}")
        lines = [
            ask.LINES.row.model_validate(row)
            for row in ask.LINES.export(connection, current_user, {"statement_id": statement_id, "kind": None})
        ]
    return page(request, "statement_sheet.html", statement=found, lines_of_sheet=lines)


def _today() -> date:
    """Today in the zone of the settings."""
    return datetime.now(ZoneInfo(get_settings().timezone)).date()
