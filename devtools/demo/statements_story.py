"""The chapter on liquidation periods: one is closed, trips come late, and the next one carries the correction."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from control_tower.settings import get_settings
from devtools.demo.context import DemoContext, UnexpectedResult
from devtools.demo.scouts_story import REFRESH
from devtools.demo.sql_files import read_sql
from devtools.demo.terminal import ATTENTION, GOOD

CLOSE = "close_liquidation_period"
DAYS = 30
"""Days of each of the two periods; the second one ends yesterday."""
CORRECTIONS_SHOWN = 3


def close_two_periods(context: DemoContext) -> None:
    """Close a period, load trips that belong to it late, and close the next one.

    Raises:
        UnexpectedResult: the next period does not carry exactly the correction.
    """
    page, connection = context.page, context.connection
    page.chapter("Scouts are paid: the DAG close_liquidation_period")
    found = connection.execute("select today from canon.local_today").fetchone()
    if found is None:
        raise LookupError("canon.local_today always has a row and had none")
    today: date = found[0]
    first, second = (today - timedelta(days=2 * DAYS), today - timedelta(days=DAYS))
    _close(context, first, second)
    late = connection.execute(
        read_sql("late_trips.sql"),
        {"period_start": first, "period_end": second - timedelta(days=1), "timezone": get_settings().timezone},
    ).fetchone()
    if late is None:
        page.line("No trips could come late.", ATTENTION)
        return
    # this session stays open, and PostgreSQL would show the refresh only later that it wrote
    connection.execute("select pg_stat_force_next_flush()")
    page.line(f"That never changes again. Now a file comes late: 5 trips of {late[2]},")
    page.line("of a driver whose first trip is paid.")
    context.run_pipeline(REFRESH, f"{REFRESH}-late-trips")
    _close(context, second, today)
    corrections = connection.execute(read_sql("statement_corrections.sql"), {"period_start": second}).fetchall()
    for scout, reason, amount, currency, trips, payable, _ in corrections[:CORRECTIONS_SHOWN]:
        page.line(f"Scout {scout}: {reason} {amount:+,.2f} {currency}, {trips} trips, was payable on {payable}.")
    if [(row[1], row[6]) for row in corrections] != [("LATE", late[0])]:
        raise UnexpectedResult(
            f"The period from {second} does not correct exactly what came late: {corrections}.",
            "this is a fault of the product: report it with the size and the seed of the demo.",
        )
    page.line("✓ The next period pays what came late, once, and says why.", GOOD)


def _close(context: DemoContext, start: date, after: date) -> None:
    """Close the period from the first day to the one before `after`, and show its totals."""
    end = after - timedelta(days=1)
    conf: dict[str, Any] = {
        "period_start": start.isoformat(),
        "period_end": end.isoformat(),
        "reason": "Checked and approved",
        "dry_run": False,
    }
    with context.page.working(CLOSE):
        context.airflow.run_dag(CLOSE, context.logs / f"{CLOSE}-{start}.log", conf=conf)
    totals = context.connection.execute(read_sql("statement_totals.sql"), {"period_start": start}).fetchall()
    for currency, statements, lines, amount in totals:
        context.page.line(f"{start} to {end}: {amount:,.2f} {currency}, {statements} statements, {lines:,} lines.")
    if not totals:
        context.page.line(f"{start} to {end}: nobody is due anything.")
