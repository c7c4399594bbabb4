"""Queries about the health of pipelines, sources and attribution, and about alerts."""

from __future__ import annotations

from typing import Any, Literal

import psycopg

from control_tower import __version__
from control_tower.monitoring import states
from control_tower.monitoring.probes import VERSION_CHECK
from control_tower.web.listing import Listing, as_decided, database_of, ttl_cache
from control_tower.web.models.health import (
    Alert,
    AttributionHealth,
    Check,
    CheckChange,
    Delivery,
    Health,
    MuteRow,
    PastAlert,
    Pipeline,
    Source,
    SourceDay,
    Watch,
)
from control_tower.web.permissions import CurrentUser
from control_tower.web.personal_data import shown
from control_tower.web.sql_files import execute_prepared, sql_text

SOURCES = Listing(
    "sources",
    "web/health/sources.sql",
    Source,
    {
        "severity": (("badness", True), ("source_name", False)),
        "source_name": (("source_name", False),),
        "max_ingestion_ts": (("max_ingestion_ts", False), ("source_name", False)),
    },
    description="Whether each source brings what it should, the worst first.",
)

CHECKS = Listing(
    "checks",
    "web/health/checks.sql",
    Check,
    {
        "severity": (("badness", True), ("check_name", False)),
        "check_name": (("check_name", False),),
        "since": (("since", True), ("check_name", False)),
    },
    personal={"details": "json"},  # they may show offenders
    description="The latest result of each check, the worst first.",
)

SOURCE_DAYS = Listing(
    "source_days",
    "web/health/source_days.sql",
    SourceDay,
    {"day": (("day", True), ("source_name", False))},
    description="The last six weeks of sources, day by day, with the usual rows of that weekday.",
)

CHECK_CHANGES = Listing(
    "check_changes",
    "web/health/check_changes.sql",
    CheckChange,
    {"changed_at": (("changed_at", True), ("id", True))},
    personal={"value": "json"},
    description="Every change of state of every check, the newest first.",
)

_NEWEST_FIRST = {"opened_at": (("opened_at", True), ("id", True))}

ALERTS = Listing(
    "alerts",
    "web/alerts/alerts.sql",
    Alert,
    _NEWEST_FIRST,
    personal={"acknowledge_reason": "reason", "mute_reason": "reason"},
    description="What is wrong now, the newest first.",
)

ALERT_HISTORY = Listing(
    "alert_history",
    "web/alerts/alert_history.sql",
    PastAlert,
    _NEWEST_FIRST,
    personal={"acknowledge_reason": "reason"},
    description="Every alert, open or over, the newest first.",
)

DELIVERIES = Listing(
    "alert_deliveries",
    "web/alerts/alert_deliveries.sql",
    Delivery,
    {"queued_at": (("queued_at", True), ("id", True))},
    description="Every message of every alert, per channel, the newest first.",
)

MUTES = Listing(
    "alert_mutes",
    "web/alerts/mutes.sql",
    MuteRow,
    {"muted_at": (("muted_at", True), ("id", True)), "muted_until": (("muted_until", False), ("id", False))},
    description="What is silent, by whom, why and until when, the newest first.",
)

_OF_ATTRIBUTION: dict[str, Literal["OK", "YELLOW", "RED"]] = {"OK": "OK", "WARN": "YELLOW", "FAIL": "RED"}


def are_sources_counted(connection: psycopg.Connection[dict[str, Any]]) -> bool:
    """Whether sources can be looked at without reading large ones from end to end."""
    row = execute_prepared(connection, "web/health/are_sources_counted.sql").fetchone() or {}
    return bool(row.get("are_counted"))


def sources(
    connection: psycopg.Connection[dict[str, Any]], current_user: CurrentUser, *, may_count: bool = False
) -> list[Source]:
    """Every source as it stands now, the worst first; remembered, because it looks into large sources.

    None before the first health check of a large database, which counts them, unless the caller `may_count` itself.
    """

    def read() -> list[Source]:
        if not may_count and not are_sources_counted(connection):
            return []
        return SOURCES.page(connection, current_user, {"severity": None}, page=1, page_size=100).rows

    return ttl_cache.get((*database_of(connection), "sources", may_count), read)


def health(connection: psycopg.Connection[dict[str, Any]], current_user: CurrentUser) -> Health:
    """The overall health: the worst of pipelines, attribution, sources, checks and the health check itself."""
    found = execute_prepared(connection, "web/health/health_pipelines.sql").fetchall()
    pipelines = [Pipeline.model_validate(shown(row, {"last_run_error": "text"}, current_user)) for row in found]

    def overview() -> dict[str, Any]:
        return execute_prepared(connection, "web/health/health_overview.sql").fetchone() or {}

    row = ttl_cache.get((*as_decided(connection), "health_overview"), overview)
    unhealthy = [source for source in sources(connection, current_user) if source.severity in ("YELLOW", "RED")]
    of_sources = {source.source_name: source.health_status for source in unhealthy}
    watch = Watch(severity=row["watch_severity"], state=row["watch_state"])
    severities = [pipeline.severity for pipeline in pipelines]
    severities += [_OF_ATTRIBUTION[row["attribution_state"]], watch.severity or "RED"]
    severities += [source.severity for source in unhealthy]
    broken: dict[str, str] = dict(row["unhealthy_checks"])
    if row["database_version"] != __version__:  # of this process; the health check compares that of the DAGs
        broken[VERSION_CHECK] = states.VERSIONS_DIFFER
    severities += ["RED"] if row["red_checks"] else ["YELLOW"] if broken else []
    reasons = [f"{pipeline.job_type}: {state}" for pipeline in pipelines for state in pipeline.states if state != "OK"]
    reasons += [f"attribution: {reason}" for reason in row["attribution_reasons"]]
    reasons += [f"{source}: {status}" for source, status in sorted(of_sources.items())]
    reasons += [f"{check}: {state}" for check, state in sorted(broken.items())]
    reasons += [f"watch: {watch.state}"] if watch.severity != "OK" else []
    return Health(
        status="RED" if "RED" in severities else "OK" if set(severities) == {"OK"} else "YELLOW",
        reasons=reasons,
        checked_at=row["checked_at"],
        pipelines=pipelines,
        attribution=AttributionHealth(state=row["attribution_state"], reasons=row["attribution_reasons"]),
        unhealthy_sources=of_sources,
        unhealthy_checks=broken,
        watch=watch,
        open_alerts=row["open_alerts"],
    )


def cause_of(
    connection: psycopg.Connection[dict[str, Any]], alert_id: int, check: str | None = None
) -> tuple[str, bool] | None:
    """What an open alert is about, and whether a check is part of it; None: there is none under this number."""
    row = connection.execute(
        sql_text("web/alerts/alert_cause.sql"), {"alert_id": alert_id, "check_name": check}
    ).fetchone()
    return None if row is None else (str(row["cause"]), bool(row["has_check"]))
