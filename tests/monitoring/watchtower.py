"""A healthy warehouse whose pipelines can be made stale, failed or stuck at will, and is looked at, at any moment."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import psycopg

from control_tower.errors import DeliveryFailed
from control_tower.monitoring import health_check
from control_tower.monitoring.delivery.message import compose
from control_tower.sources import WATCHED_SOURCES

QUIET_SOURCES = ",".join(f"{name}=0" for name in WATCHED_SOURCES)
"""For CONTROL_TOWER_SOURCE_CADENCE_HOURS: nobody expects anything of the sources."""

IDENTITY, ATTRIBUTION = "identity_run", "scout_attribution_refresh"


class Notebook:
    """A channel that writes down what it is given, or refuses it."""

    def __init__(self) -> None:
        self.facts: list[dict[str, Any]] = []
        self.ids: list[str] = []
        self.refusal: str | None = None

    def send(self, facts: Mapping[str, Any], message_id: str) -> None:
        if self.refusal is not None:
            raise DeliveryFailed(self.refusal, "try again")
        compose(facts)  # a message that cannot be put into words is a fault of every test
        self.facts.append(dict(facts))
        self.ids.append(message_id)

    @property
    def notified(self) -> list[tuple[str, str]]:
        """Kind and cause of each message."""
        return [(facts["kind"], facts["cause"]) for facts in self.facts]


class Watchtower:
    """Checks a warehouse at made-up moments."""

    def __init__(self, warehouse: psycopg.Connection[Any]) -> None:
        self.warehouse = warehouse
        self.mail, self.slack = Notebook(), Notebook()
        self.now: datetime = health_check.clock(warehouse)
        # One person, with a scout: attribution is of the best quality.
        person = warehouse.execute(
            "insert into canon.identity_registry (person_key, confidence_level)"
            " values (gen_random_uuid(), 'HIGH') returning person_key"
        ).fetchone()
        assert person is not None
        warehouse.execute(
            "insert into observational.lead_ledger (person_key, attributed_scout_id, attribution_score,"
            " confidence_level, decision_status) values (%s, 1, .95, 'high', 'assigned')",
            [person[0]],
        )
        warehouse.execute("insert into ops.earlier_ledger_rows values (%s, 1)", [person[0]])

    @property
    def channels(self) -> dict[str, Notebook]:
        return {"mail": self.mail, "slack": self.slack}

    def run(
        self, job: str, status: str = "COMPLETED", *, ago: timedelta = timedelta(0), error: str | None = None
    ) -> int:
        """A run that ended, or began if it is RUNNING, so long before now."""
        row = self.warehouse.execute(
            "insert into ops.ingestion_runs (job_type, status, started_at, completed_at, error_message, heartbeat_at,"
            " dag_run_id) values (%s, %s, %s, %s, %s, %s, 'manual__1') returning id",
            [
                job,
                status,
                self.now - ago - (timedelta(0) if status == "RUNNING" else timedelta(minutes=1)),
                None if status == "RUNNING" else self.now - ago,
                error,
                self.now,
            ],
        ).fetchone()
        assert row is not None
        return int(row[0])

    def all_is_well(self) -> None:
        """Both pipelines have just completed."""
        self.run(IDENTITY)
        self.run(ATTRIBUTION)

    def check(self, later: timedelta = timedelta(0), *, send: bool = True) -> list[tuple[str, str]]:
        """Check so much later, update alerts and send; kind and cause of what was queued."""
        self.now += later
        configured = dict.fromkeys(self.channels, True)
        health_check.run_all_checks(self.warehouse, self.now, configured=configured)
        queued = health_check.update_alerts(self.warehouse, self.now, self.channels)
        if send:
            health_check.deliver_messages(self.warehouse, self.now, self.channels)
        return [(message.kind, message.cause) for message in queued]

    def state(self, check_name: str) -> tuple[str, str]:
        """Severity and state of a check."""
        row = self.warehouse.execute(
            "select severity, state from ops.v_check_results where check_name = %s", [check_name]
        ).fetchone()
        assert row is not None, check_name
        return row[0], row[1]

    def open_alerts(self) -> dict[str, list[str]]:
        """Checks of each open alert, by cause."""
        return dict(self.warehouse.execute("select cause, checks from ops.v_open_alerts order by id").fetchall())

    def deliveries(self) -> list[tuple[str, str, str, int]]:
        """Channel, kind, status and attempts of each message."""
        return self.warehouse.execute(
            "select channel, kind, status, attempts from ops.v_alert_deliveries order by id"
        ).fetchall()
