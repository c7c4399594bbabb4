"""The sources of records: tables whose rows are resolved to persons.

Another source is one entry here and one view, `sql/sources/views/records/<table>.sql`, with the columns of
`canon.source_records`. To read its table by name (ADR 25), give it a reader in `sql/sources/readers` and its columns in
`canon.source_columns`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from control_tower.errors import SourceObstacle

if TYPE_CHECKING:
    import psycopg


@dataclass(frozen=True)
class RecordSource:
    """One source of records.

    Attributes:
        name: Name of its steps in a run.
        table: Its table in the schema `public`, and its `source_table` in links, events and audit.
        business_date: The SQL expression of the day that a row is about, as the catalogue of sources shows it.
        arrived_at: The SQL expression of when a row came, likewise.
        names_cars: Whether its rows carry a plate or a model of car.
        may_be_absent: An installation may do without it: empty is no fault.
        cadence_hours: Expected hours between two loads, unless the setting says otherwise.
    """

    name: str
    table: str
    business_date: str
    arrived_at: str
    names_cars: bool = False
    may_be_absent: bool = False
    cadence_hours: int = 24

    @property
    def view(self) -> str:
        """The view that shows its rows in the shape of `canon.source_records`."""
        return f"canon.records_of_{self.table}"


RECORD_SOURCES = (
    RecordSource(
        "cabinet_leads",
        "module_ct_cabinet_leads",
        business_date="lead_created_at::date",
        arrived_at="coalesce(created_at, lead_created_at)",
        names_cars=True,
        may_be_absent=True,
    ),
    RecordSource(
        "scouting_rows", "module_ct_scouting_daily", business_date="registration_date", arrived_at="created_at"
    ),
    RecordSource(
        "migrations",
        "module_ct_migrations",
        business_date="coalesce(hire_date, created_at::date)",
        arrived_at="created_at",
    ),
)

SOURCE_TABLES = tuple(source.table for source in RECORD_SOURCES)

OTHER_SOURCES = (
    "summary_daily",
    "yango_payment_ledger",
    "lead_events",
    "module_ct_scout_drivers",
    "module_ct_cabinet_payments",
    "drivers",
    "module_ct_scouts_list",
    "ingestion_runs",
)
"""Other sources that are watched, by the names in `canon.watched_sources`."""

WATCHED_SOURCES = (*SOURCE_TABLES, *OTHER_SOURCES)
"""Names under which `ops.v_data_sources_catalog` watches the freshness of sources."""


def source_obstacles(connection: psycopg.Connection[Any]) -> list[SourceObstacle]:
    """What keeps source tables from being read now, by the catalogue of the database."""
    rows = connection.execute("select table_name, column_name, found, types_understood from canon.source_problems()")
    return [source_obstacle(*row) for row in rows]


def source_obstacle(table: str, column: str | None, found: str, understood: str | None) -> SourceObstacle:
    """One row of `canon.source_problems()`."""
    return SourceObstacle(f"public.{table}" + (f".{column}" if column else ""), found, understood)
