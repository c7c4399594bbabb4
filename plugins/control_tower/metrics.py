"""Metrics through Airflow's own facility: StatsD, Datadog or OpenTelemetry, as `[metrics]` of its configuration says.

A name holds what it is about, such as the step, because plain StatsD knows no tags; for the others it is a tag as well.
"""

from __future__ import annotations

from datetime import timedelta

PREFIX = "control_tower"


def gauge(name: str, value: float, **about: str) -> None:
    """Report a value as it is now."""
    from airflow.sdk.observability.stats import Stats

    Stats.gauge(_full_name(name, about), value, tags=about)


def timing(name: str, seconds: float, **about: str) -> None:
    """Report how long something took."""
    from airflow.sdk.observability.stats import Stats

    Stats.timing(_full_name(name, about), timedelta(seconds=seconds), tags=about)


def _full_name(name: str, about: dict[str, str]) -> str:
    return ".".join((PREFIX, name, *about.values()))
