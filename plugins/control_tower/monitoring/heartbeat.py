"""Tells an outside monitor that health is being checked: Healthchecks and services that work like it.

Silence is the alarm that still works when this machine does not: the monitor complains when nobody calls.
"""

from __future__ import annotations

import logging

import httpx

from control_tower.monitoring.check_result import Severity
from control_tower.settings import get_settings

log = logging.getLogger(__name__)


def send_heartbeat(severity: Severity, summary: str) -> bool | None:
    """Call the heartbeat URL, `/fail` when it is RED; never raises.

    Args:
        severity: The worst severity of the health check.
        summary: A line that the monitor keeps with the call.

    Returns:
        Whether the monitor took it; None when no URL is set.
    """
    settings = get_settings()
    if settings.heartbeat_url is None:
        return None
    address = settings.heartbeat_url.get_secret_value().rstrip("/")
    try:
        answer = httpx.post(
            f"{address}/fail" if severity == "RED" else address,
            content=summary.encode(),
            timeout=settings.alert_timeout_seconds,
        )
        answer.raise_for_status()
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        # The address is a secret: it stands in the error's text.
        log.warning("The heartbeat was not taken: %s", type(error).__name__)
        return False
    return True
