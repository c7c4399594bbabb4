"""Ages, counts and shares of the last health check as metrics."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

import psycopg

from control_tower import metrics
from control_tower.database import fetch_rows

log = logging.getLogger(__name__)

QUERY = "monitoring/metrics.sql"


def report(connection: psycopg.Connection[Any], check: Mapping[str, Any]) -> int:
    """Report what the views say now and how the health check went; returns how many metrics.

    A view that cannot be read is a result of its check; here it is a line of the log.
    """
    metrics.gauge("checks.count", check["checks"])
    metrics.gauge("checks.unhealthy", check["unhealthy"])
    metrics.timing("checks.duration", check["seconds"])
    try:
        with connection.transaction():
            rows = fetch_rows(connection, QUERY, {})
    except psycopg.Error as error:
        log.warning("Metrics of this health check are missing: %s", type(error).__name__)
        return 3
    for row in rows:
        metrics.gauge(row["metric"], float(row["value"]), **({row["tag"]: row["about"]} if row["tag"] else {}))
    return len(rows) + 3
