"""Metrics arrive at a StatsD server, by Airflow's own configuration."""

from __future__ import annotations

import re
import socket
from collections.abc import Callable, Iterator

import pytest

from control_tower.monitoring import health_check, health_metrics
from control_tower.sources import WATCHED_SOURCES

Received = Callable[[], dict[str, list[tuple[float, str]]]]


@pytest.fixture
def statsd(monkeypatch: pytest.MonkeyPatch) -> Iterator[Received]:
    """A StatsD server on loopback: what arrived, as value and type by name."""
    from airflow.sdk.observability import stats
    from airflow.sdk.observability.metrics import stats_utils

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as receiver:
        receiver.bind(("127.0.0.1", 0))
        receiver.settimeout(0.3)
        for name, value in {
            "STATSD_ON": "True",
            "STATSD_HOST": "127.0.0.1",
            "STATSD_PORT": str(receiver.getsockname()[1]),
            "STATSD_PREFIX": "airflow",
        }.items():
            monkeypatch.setenv(f"AIRFLOW__METRICS__{name}", value)
        initialise(stats, stats_utils)

        def received() -> dict[str, list[tuple[float, str]]]:
            found: dict[str, list[tuple[float, str]]] = {}
            while True:
                try:
                    lines = receiver.recv(65_536).decode().splitlines()
                except TimeoutError:
                    return found
                for line in lines:
                    name, value, kind = re.fullmatch(r"airflow\.([^:]+):([^|]+)\|(\w+).*", line).groups()  # type: ignore[union-attr]
                    found.setdefault(name, []).append((float(value), kind))

        yield received
    monkeypatch.setenv("AIRFLOW__METRICS__STATSD_ON", "False")
    initialise(stats, stats_utils)


def initialise(stats, stats_utils) -> None:
    """What Airflow does at the start of a task's process, in both of its forms."""
    try:
        stats.initialize(factory=stats_utils.get_stats_factory(), export_legacy_names=False)
    except (AttributeError, TypeError):  # Airflow 3.2
        stats.Stats.initialize(factory=stats_utils.get_stats_factory(stats.Stats))


def test_every_step_of_a_run_reports_rows_and_seconds(warehouse, airflow_metadata, statsd: Received) -> None:
    from control_tower.airflow_dags.scout_attribution_refresh import scout_attribution_refresh

    warehouse.execute(
        "insert into public.module_ct_scouting_daily (id, scout_id, driver_phone, driver_license, registration_date)"
        " values (1, 7, '987654321', 'Q12345678', current_date)"
    )
    dag = scout_attribution_refresh()
    assert dag.test().state == "success"
    found = statsd()
    steps = {task.task_id for task in dag.tasks} - {"open_run", "close_run"}
    assert {f"control_tower.step.rows.{step}" for step in steps} <= found.keys()
    for step in steps:
        ((seconds, kind),) = found[f"control_tower.step.duration.{step}"]
        assert kind == "ms"
        assert seconds >= 0


def test_a_health_check_reports_ages_conflicts_and_the_linked_share(warehouse, statsd: Received) -> None:
    warehouse.execute(
        "insert into canon.identity_registry (person_key, confidence_level) values"
        " ('00000000-0000-0000-0000-000000000001', 'HIGH')"
    )
    warehouse.execute(
        "insert into canon.identity_links (person_key, source_table, source_pk, match_rule, match_score,"
        " confidence_level, snapshot_date) values"
        " ('00000000-0000-0000-0000-000000000001', 'module_ct_cabinet_leads', '1', 'R1_PHONE_EXACT', 95, 'HIGH', now())"
    )
    warehouse.execute(
        "insert into canon.identity_unmatched (source_table, source_pk, reason_code, details, snapshot_date, status)"
        " select 'module_ct_cabinet_leads', n::text, 'NO_CANDIDATES', '{}', now(), 'OPEN'"
        " from generate_series(2, 4) as n"
    )
    warehouse.execute(
        "insert into ops.ingestion_runs (job_type, status, started_at, completed_at)"
        " values ('identity_run', 'COMPLETED', now() - interval '2 hours', now() - interval '1 hour')"
    )
    moment = health_check.clock(warehouse)
    sent = health_metrics.report(warehouse, health_check.run_all_checks(warehouse, moment, configured={}))
    found = {name.removeprefix("control_tower."): values for name, values in statsd().items()}
    assert sum(len(values) for values in found.values()) == sent
    assert found["identity.linked_share"] == [(0.25, "g")]
    assert found["attribution.conflicts"] == [(0.0, "g")]
    assert found["pipeline.age_seconds.identity_run"][0][0] == pytest.approx(3600, abs=60)
    assert "pipeline.age_seconds.scout_attribution_refresh" not in found, "it never ran"
    assert {f"source.rows.{source}" for source in WATCHED_SOURCES} <= found.keys()
    assert found["checks.unhealthy"][0][0] > 0


def test_metrics_that_cannot_be_read_do_not_fail_the_health_check(warehouse, statsd: Received, caplog) -> None:
    warehouse.execute("set statement_timeout = '1ms'")
    assert health_metrics.report(warehouse, {"checks": 3, "unhealthy": 1, "seconds": 0.5}) == 3
    assert "QueryCanceled" in caplog.text
    assert statsd()["control_tower.checks.count"] == [(3.0, "g")]
