"""The web tests' world: Airflow's application with the plugin in it, and a small fleet that was ingested."""

from __future__ import annotations

from tests.web.conftest import (
    airflow_app,
    airflow_dags,
    editor,
    empty_for_all,
    fleet,
    fleet_for_all,
    fleet_template,
    fresh_web,
    nothing_else,
    own_fleet,
    tokens,
)

__all__ = [
    "airflow_app",
    "airflow_dags",
    "editor",
    "empty_for_all",
    "fleet",
    "fleet_for_all",
    "fleet_template",
    "fresh_web",
    "nothing_else",
    "own_fleet",
    "tokens",
]
