"""Queries about scout attribution."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

import psycopg

from control_tower.jobs import JobType
from control_tower.web.listing import Listing, as_decided, ttl_cache
from control_tower.web.models.attribution import (
    AttributedPerson,
    BacklogPerson,
    BySource,
    Conflict,
    DailyMetrics,
    Day,
    JobStatus,
    LastRun,
    Metrics,
)
from control_tower.web.sql_files import execute_prepared

CONFLICTS = Listing(
    "conflicts",
    "web/attribution/conflicts.sql",
    Conflict,
    {
        "since": (("since", False), ("person_key", False)),
        "person_key": (("person_key", False),),
        "distinct_scout_count": (("distinct_scout_count", False), ("person_key", False)),
        "first_event_date": (("first_event_date", False), ("person_key", False)),
        "last_event_date": (("last_event_date", False), ("person_key", False)),
    },
    counted_by=("web/attribution/conflicts_count.sql", "total"),
    description="Persons whom several scouts claim and for whom nobody has decided.",
)

BACKLOG = Listing(
    "backlog",
    "web/attribution/backlog.sql",
    BacklogPerson,
    {
        "person_key": (("person_key", False),),
        "category": (("category", False), ("person_key", False)),
        "first_event_date": (("first_event_date", False), ("person_key", False)),
        "last_event_date": (("last_event_date", False), ("person_key", False)),
        "event_count": (("event_count", False), ("person_key", False)),
    },
    counted_by=("web/attribution/backlog_count.sql", "total"),
    rare=frozenset({"scout_id"}),
    description="Persons without a scout in the ledger.",
)


ATTRIBUTED = Listing(
    "attributed",
    "web/attribution/attributed.sql",
    AttributedPerson,
    {
        "person_key": (("person_key", False),),
        "updated_at": (("updated_at", True), ("person_key", False)),
        "scout_id": (("scout_id", False), ("person_key", False)),
    },
    counted_by=("web/attribution/attributed_count.sql", "total"),
    rare=frozenset({"scout_id"}),
    description="Persons with a scout in the ledger.",
)


def metrics(connection: psycopg.Connection[dict[str, Any]]) -> Metrics:
    """The current metrics; `snapshot_timestamp` is when they were counted (see `listing.TTLCache`)."""

    def read() -> Metrics:
        row = execute_prepared(connection, "web/attribution/attribution_metrics.sql").fetchone() or {}
        return Metrics.model_validate({**row, "backlog": row, "last_job": row})

    return ttl_cache.get((*as_decided(connection), "attribution_metrics"), read)


def has_persons(connection: psycopg.Connection[dict[str, Any]]) -> bool:
    """Whether there is anybody at all: an empty list is good news only then."""
    return metrics(connection).total_persons > 0


def backlog_states(connection: psycopg.Connection[dict[str, Any]], persons: Iterable[BacklogPerson]) -> dict[UUID, str]:
    """Why the scout of the events of persons of category D is not in the ledger, by person_key."""
    keys = [person.person_key for person in persons if person.category == "D"]
    rows = execute_prepared(connection, "web/attribution/backlog_states.sql", {"person_keys": keys}) if keys else ()
    return {row["person_key"]: row["state"] for row in rows}


def daily_metrics(connection: psycopg.Connection[dict[str, Any]], days: int) -> DailyMetrics:
    """The last `days` days, at most 31, oldest first."""
    rows = execute_prepared(connection, "web/attribution/attribution_daily.sql", {"days": days})
    return DailyMetrics(
        daily_metrics=[Day.model_validate({**row, "by_source": BySource.model_validate(row)}) for row in rows]
    )


def job_status(connection: psycopg.Connection[dict[str, Any]], job_type: JobType) -> JobStatus:
    """The newest run of a job and its status."""
    row = execute_prepared(connection, "web/runs/last_run.sql", {"job_type": job_type}).fetchone()
    last = LastRun.model_validate(row) if row else None
    return JobStatus(last_run=last, status=last.status if last else "NEVER_RUN")
