"""Milestones that are due, written by hand, and the statements that were made of them."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

import psycopg
from psycopg.rows import dict_row

from control_tower.decisions import Author
from control_tower.payments.statements import Closing, close_liquidation_period

Connection = psycopg.Connection[Any]

ROSA = Author("rosa")
AMOUNTS = {1: 20, 5: 25, 25: 55}
"""What a scout gets for 1, 5 and 25 trips within seven days of the lead, in PEN; milestones add up."""

JANUARY = (date(2026, 1, 1), date(2026, 1, 31))
FEBRUARY = (date(2026, 2, 1), date(2026, 2, 28))
MARCH = (date(2026, 3, 1), date(2026, 3, 31))
APRIL = (date(2026, 4, 1), date(2026, 4, 30))

APPEND_ONLY = (
    "ops.liquidation_periods",
    "ops.scout_statements",
    "ops.scout_statement_lines",
    "ops.scout_statement_payments",
)


def person(number: int) -> str:
    """The key of a person."""
    return str(uuid.UUID(int=0xBB << 64 | number))


class Dues:
    """Writes what is due now, and reads the statements."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def due(self, number: int, payable: str, *, trips: int = 1, scout: int = 7, **columns: Any) -> None:
        """A milestone of a person is due on a day; `rule_id` is that of the trips unless it is given."""
        row = {
            "person_key": person(number),
            "rule_id": trips,
            "scout_id": scout,
            "origin_tag": "cabinet",
            "milestone_trips": trips,
            "driver_id": f"d{number}",
            "currency": "PEN",
            "amount": AMOUNTS[trips],
            "lead_date": date(2025, 12, 1),
            "achieved_date": date(2025, 12, 2),
            "payable_date": date.fromisoformat(payable),
            **columns,
        }
        self.gone(number, rule_id=row["rule_id"])
        self.connection.execute(
            "insert into canon.scout_payment_milestones select * from"
            " jsonb_populate_record(null::canon.scout_payment_milestones, %s)",
            [psycopg.types.json.Jsonb({name: str(value) for name, value in row.items()})],
        )

    def gone(self, number: int, *, rule_id: int | None = None) -> None:
        """The milestone, or all of the person, is not due any more."""
        self.connection.execute(
            "delete from canon.scout_payment_milestones where person_key = %s and rule_id = coalesce(%s, rule_id)",
            [person(number), rule_id],
        )

    def close(self, period: tuple[date, date], *, dry_run: bool = False, **options: Any) -> Closing:
        """Close a period."""
        return close_liquidation_period(*period, "approved", author=options.pop("author", ROSA), dry_run=dry_run)

    def rows(self, query: str, *parameters: object) -> list[dict[str, Any]]:
        """Rows of a query, by column name."""
        with self.connection.cursor(row_factory=dict_row) as cursor:
            return cursor.execute(query.encode(), parameters or None).fetchall()

    def lines(self, period: tuple[date, date]) -> list[tuple[Any, ...]]:
        """Scout, kind or reason, person's number, trips and amount of a period's lines."""
        found = self.rows(
            "select * from ops.v_scout_statement_lines where period_start = %s"
            " order by scout_id, person_key, milestone_trips, amount",
            period[0],
        )
        return [
            (
                row["scout_id"],
                row["reason_code"] or row["kind"],
                row["person_key"].int & 0xFFFF,
                row["milestone_trips"],
                float(row["amount"]),
            )
            for row in found
        ]

    def amounts(self, period: tuple[date, date]) -> dict[tuple[int, str], float]:
        """Amount of each statement of a period, by scout and currency."""
        found = self.rows("select * from ops.v_scout_statements where period_start = %s", period[0])
        return {(row["scout_id"], row["currency"]): float(row["amount"]) for row in found}

    def everything(self) -> dict[str, list[str]]:
        """All rows that a closing writes, as text."""
        return {
            table: [row[0] for row in self.connection.execute(f"select t::text from {table} as t order by 1")]  # type: ignore[arg-type]
            for table in (*APPEND_ONLY, "ops.human_decisions")
        }
