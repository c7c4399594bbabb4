"""Hand-drawn rows for the views: persons with accounts, events, trips and payments, a line each."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from typing import Any

import psycopg
import pytest
from psycopg import sql
from psycopg.rows import dict_row

from control_tower.payments.cabinet_claims import derive_all_claims

Row = dict[str, Any]
LEAD = date(2026, 3, 2)
"""The lead date where a story does not say another."""


class Fleet:
    """Writes rows into a warehouse, and reads views by column name."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self.connection = connection
        self._events = 0

    def run(self, statement: str, *parameters: object) -> None:
        """Run a statement."""
        self.connection.execute(statement.encode(), parameters or None)

    def person(self, *driver_ids: str) -> uuid.UUID:
        """A person who has these driver accounts."""
        key = uuid.uuid4()
        self.run("insert into canon.identity_registry (person_key, confidence_level) values (%s, 'HIGH')", key)
        for driver_id in driver_ids:
            self.run(
                "insert into public.drivers (driver_id, full_name, hire_date) values (%s, %s, '2026-03-01')",
                driver_id,
                f"Quispe Rojas {driver_id}",
            )
            self.run(
                "insert into canon.identity_links (person_key, source_table, source_pk, snapshot_date, match_rule, "
                "match_score, confidence_level) values (%s, 'drivers', %s, now(), 'DRIVER_MATCH', 100, 'HIGH')",
                key,
                driver_id,
            )
        return key

    def event(self, person: uuid.UUID, day: date = LEAD, *, origin: str = "cabinet", scout: int | None = None) -> None:
        """A dated source record of a person."""
        self._events += 1
        table = "module_ct_migrations" if origin == "fleet_migration" else "module_ct_cabinet_leads"
        self.run(
            "insert into observational.lead_events (source_table, source_pk, event_date, person_key, scout_id, "
            "payload_json) values (%s, %s, %s, %s, %s, jsonb_build_object('origin_tag', %s::text))",
            "module_ct_scouting_daily" if scout and origin == "cabinet" else table,
            str(self._events),
            day,
            person,
            scout,
            origin,
        )

    def ledger(self, person: uuid.UUID, scout: int | None, *, rule: str = "A", status: str = "assigned") -> None:
        """The ledger's row of a person."""
        self.run(
            "insert into observational.lead_ledger (person_key, attributed_scout_id, attribution_rule, "
            "attribution_score, confidence_level, decision_status) values (%s, %s, %s, 0.95, 'high', %s)",
            person,
            scout,
            rule,
            status,
        )

    def trips(self, driver_id: str, days_after_lead: int, count: int | None, seconds: int | None = 3600) -> None:
        """A day of a driver, so many days after `LEAD`."""
        self.raw_trips(driver_id, (LEAD + timedelta(days_after_lead)).strftime("%d-%m-%Y"), count, seconds)

    def raw_trips(self, driver_id: str, date_file: str | None, count: int | None, seconds: int | None = 3600) -> None:
        """A row of summary_daily."""
        self.run(
            "insert into public.summary_daily (driver_id, date_file, count_orders_completed, sum_work_time_seconds) "
            "values (%s, %s, %s, %s)",
            driver_id,
            date_file,
            count,
            seconds,
        )

    def claim(self, driver_id: str, trips: int = 1, *, lead: date = LEAD) -> uuid.UUID:
        """A person whose driver made that many trips on the lead date."""
        person = self.person(driver_id)
        self.event(person, lead)
        self.raw_trips(driver_id, lead.strftime("%Y-%m-%d"), trips)
        return person

    def payment(
        self, milestones: set[int], *, driver_id: str | None = None, person: uuid.UUID | None = None, name: str = "X Y"
    ) -> int:
        """A row of module_ct_cabinet_payments in which these milestones are paid; returns its id."""
        row = self.connection.execute(
            "insert into public.module_ct_cabinet_payments (date, time, driver, trip_1, trip_5, trip_25, driver_id, "
            "person_key) values ('2026-04-01', '10:00', %s, %s, %s, %s, %s, %s) returning id",
            [name, *(milestone in milestones for milestone in (1, 5, 25)), driver_id, person],
        ).fetchone()
        assert row is not None
        return int(row[0])

    def keep_claims(self) -> None:
        """Bring the claims that runs keep to what they are now."""
        with self.connection.transaction():
            derive_all_claims(self.connection)

    def read(self, view: str, *order: str) -> list[Row]:
        """All rows of a view, by column name, sorted by these columns."""
        statement = sql.SQL("select * from {} order by {}").format(
            sql.Identifier(*view.split(".")), sql.SQL(", ").join(map(sql.Identifier, order))
        )
        with self.connection.cursor(row_factory=dict_row) as cursor:
            return cursor.execute(statement).fetchall()


@pytest.fixture
def fleet(warehouse: psycopg.Connection[Any]) -> Fleet:
    """An empty migrated warehouse to draw rows in."""
    return Fleet(warehouse)
