"""`/scouts/statements`: closed liquidation periods, the statements of scouts, marking one paid, closing a period."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from fastapi import Depends, Path, Query, Request
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, Field, StrictBool, StringConstraints, model_validator
from pydantic_core import PydanticCustomError
from starlette.concurrency import run_in_threadpool

from control_tower.errors import DecisionRefused
from control_tower.payments.statements import mark_statement_paid
from control_tower.settings import get_settings
from control_tower.web.api.lists import CSV, list_routes, sort_field
from control_tower.web.api_errors import ApiError, Fault, Problem, code_of, refusal
from control_tower.web.csv_export import ExportQuery, csv_of
from control_tower.web.dag_runs import DagRunsDep
from control_tower.web.models.identity import Started
from control_tower.web.models.statements import ScoutStatement, StatementLine, StatementWithTotals
from control_tower.web.params import Day, ListQuery, Number, Paged, Pagination, Reason, Strict, Text
from control_tower.web.permissions import CurrentUser, CurrentUserDep, readers_router, starts
from control_tower.web.pool import connection_pools
from control_tower.web.queries import statements as ask

router = readers_router("scout_attribution_refresh", prefix="/scouts/statements", tags=["statements"])

StatementId = Annotated[int, Path(ge=1, le=2**63 - 1, description="The statement's number.")]

_MAY_CLOSE = [Depends(starts("close_liquidation_period"))]
_UNKNOWN: dict[int | str, dict[str, Any]] = {404: {"model": Problem, "description": "No statement has this number."}}
_PAID: dict[int | str, dict[str, Any]] = {
    **_UNKNOWN,
    409: {"model": Problem, "description": "It was marked paid already; the answer says by whom and when."},
}
_CLOSED: dict[int | str, dict[str, Any]] = {
    409: {"model": Problem, "description": "A closed period has some of these days."},
    423: {"model": Problem, "description": "The DAG is paused."},
}


class PeriodsQuery(ListQuery):
    """All closed periods."""

    sort: str | None = sort_field(ask.PERIODS)


class StatementsQuery(ListQuery):
    """Which statements."""

    period: Number | None = Field(None, description="The number of a period (period_id).")
    scout_id: Number | None = None
    currency: Annotated[str, StringConstraints(pattern="^[A-Z]{3}$")] | None = Field(None, description="ISO 4217.")
    is_paid: bool | None = Field(None, description="Only what was, or was not, marked paid.")
    sort: str | None = sort_field(ask.STATEMENTS)


class LinesQuery(ListQuery):
    """The lines of one statement."""

    kind: Literal["EARNED", "CORRECTION"] | None = Field(None, description="Only what was earned, or what corrects.")
    sort: str | None = sort_field(ask.LINES)


class LinesCsvQuery(LinesQuery, ExportQuery):
    """All lines of one statement, as CSV."""


class LinesPage(LinesQuery, Paged):
    """A page of the lines of one statement."""


class StatementLines(BaseModel):
    """A page of the lines of a statement."""

    items: list[StatementLine]
    pagination: Pagination


class Payment(Strict):
    """That a statement was paid."""

    reference: Text = Field(description="What finds the payment again: number of the transfer or of the receipt.")
    paid_on: Day = Field(description="The day on which it was paid.")


class Closing(Strict):
    """The period to close."""

    period_start: Day = Field(description="Its first day.")
    period_end: Day = Field(description="Its last day.")
    reason: Reason
    dry_run: StrictBool = Field(True, description="Show what it would be and write nothing.")

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Closing:
        if self.period_end < self.period_start:
            raise PydanticCustomError("period_order", "period_end is before period_start")
        return self


list_routes(router, "", ask.STATEMENTS, StatementsQuery, "ScoutStatements")
list_routes(router, "/periods", ask.PERIODS, PeriodsQuery, "LiquidationPeriods")


@router.get("/{statement_id}", responses=_UNKNOWN)
def statement(current_user: CurrentUserDep, statement_id: StatementId) -> StatementWithTotals:
    """One statement: whose, for which period, how much, whether it was paid, and what its lines add up to."""
    with connection_pools().reading() as connection:
        return ask.statement(connection, current_user, statement_id)


@router.get("/{statement_id}/lines", description=ask.LINES.description, responses=_UNKNOWN)
def statement_lines(
    current_user: CurrentUserDep, statement_id: StatementId, query: Annotated[LinesPage, Query()]
) -> StatementLines:
    """The lines of a statement."""
    with connection_pools().reading() as connection:
        found = ask.statement(connection, current_user, statement_id)
        rows = ask.LINES.page(
            connection,
            current_user,
            {"statement_id": statement_id, **query.filters()},
            page=query.page,
            page_size=query.page_size,
            order=query.sort,
            total=found.line_count if query.kind is None else None,
        )
    return StatementLines(items=rows.rows, pagination=rows.pagination)


@router.get(
    "/{statement_id}/lines.csv",
    description="All of them as CSV, for a spreadsheet.",
    response_class=StreamingResponse,
    responses={**CSV, **_UNKNOWN},
)
def statement_lines_as_csv(
    request: Request, current_user: CurrentUserDep, statement_id: StatementId, query: Annotated[LinesCsvQuery, Query()]
) -> StreamingResponse:
    """The lines of a statement as CSV."""
    with connection_pools().reading() as connection:
        ask.statement(connection, current_user, statement_id)
    return csv_of(request, ask.LINES, current_user, {"statement_id": statement_id, **query.filters()}, query)


@router.post("/{statement_id}/paid", dependencies=_MAY_CLOSE, responses=_PAID)
def mark_paid(current_user: CurrentUserDep, statement_id: StatementId, payment: Payment) -> ScoutStatement:
    """Say that a statement was paid, when and under which reference; once, and for good."""
    _refuse_a_second_payment(current_user, statement_id)
    try:
        mark_statement_paid(statement_id, payment.paid_on, payment.reference, author_name=current_user.name)
    except DecisionRefused as error:
        _refuse_a_second_payment(current_user, statement_id)  # a concurrent request recorded the payment first
        if code_of(error) != "UNEXPECTED":
            raise
        raise refusal(error) from error
    with connection_pools().reading() as connection:
        return ask.statement(connection, current_user, statement_id)


def _refuse_a_second_payment(current_user: CurrentUser, statement_id: int) -> None:
    """Refuse what is paid already.

    Raises:
        ApiError: UNKNOWN_STATEMENT, ALREADY_PAID.
    """
    with connection_pools().reading() as connection:
        found = ask.statement(connection, current_user, statement_id)
    if found.is_paid:
        raise ApiError(
            "ALREADY_PAID",
            paid_on=found.paid_on,
            reference=found.payment_reference,
            noted_by=found.paid_noted_by,
            noted_at=found.paid_noted_at,
        )


@router.post("/close", status_code=202, dependencies=_MAY_CLOSE, responses=_CLOSED)
async def close_period(dag_runs: DagRunsDep, closing: Closing) -> Started:
    """Freeze what each scout is due for a period, or show what that would be; the run that is started does it."""
    await run_in_threadpool(_refuse_what_cannot_be, closing)
    return await dag_runs.start("close_liquidation_period", closing.model_dump(mode="json"))


def _refuse_what_cannot_be(closing: Closing) -> None:
    """Refuse days that the run would refuse after a while, so that it is an answer and not a failed DAG run.

    Raises:
        ApiError: PERIOD_CLOSED, INVALID.
    """
    with connection_pools().reading() as connection:
        closed = ask.overlapping_period(connection, closing.period_start, closing.period_end)
        last_closed = ask.last_closed_day(connection)
    if closed is not None:
        known = ("period_start", "period_end", "closed_by", "closed_at")
        raise ApiError("PERIOD_CLOSED", **{name: closed[name] for name in known})
    if last_closed is not None and closing.period_start < last_closed:
        fields = [Fault(field="body.period_start", problem="period_out_of_order")]
        raise ApiError("INVALID", fields=fields, last_day=last_closed)
    if closing.period_start > datetime.now(ZoneInfo(get_settings().timezone)).date():
        raise ApiError("INVALID", fields=[Fault(field="body.period_start", problem="period_not_begun")])
