"""Calls an outside monitor (Healthchecks or a compatible service) after each health check.

The monitor alerts when the calls stop, which also works when this machine is down.
"""

from __future__ import annotations

import logging

import httpx

from control_tower.monitoring.check_result import Severity
from control_tower.monitoring.delivery.deadline import within_deadline
from control_tower.settings import get_settings

log = logging.getLogger(__name__)


def send_heartbeat(severity: Severity, summary: str) -> bool | None:
    """Call `CONTROL_TOWER_HEARTBEAT_URL`, with `/fail` when RED; never raises.

    Returns:
        Whether the monitor accepted the call; None when no URL is set.
    """
    settings = get_settings()
    if settings.heartbeat_url is None:
        return None
    address = settings.heartbeat_url.get_secret_value().rstrip("/")
    try:
        answer = within_deadline(
            lambda: httpx.post(
                f"{address}/fail" if severity == "RED" else address,
                content=summary.encode(),
                timeout=settings.alert_timeout_seconds,
            )
        )
        answer.raise_for_status()
    except (httpx.HTTPError, httpx.InvalidURL, TimeoutError) as error:
        # The error's text contains the address, which is a secret.
        log.warning("The heartbeat was not taken: %s", type(error).__name__)
        return False
    return True
