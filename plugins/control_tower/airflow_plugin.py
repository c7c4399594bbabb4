"""Registers Control Tower with Airflow. Every process imports this module, which therefore imports little itself."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from airflow.plugins_manager import AirflowPlugin


class ControlTowerPlugin(AirflowPlugin):
    """The web application below `/control-tower` and its place in Airflow's navigation.

    Both are asked for by the API server alone, and made when it asks.
    """

    name = "control_tower"

    @cached_property
    def fastapi_apps(self) -> list[dict[str, Any]]:  # type: ignore[override]
        """The application and where it is mounted."""
        from control_tower.web.app import PREFIX, assemble

        return [{"name": "Control Tower", "app": assemble(), "url_prefix": PREFIX}]

    @cached_property
    def external_views(self) -> list[dict[str, Any]]:  # type: ignore[override]
        """The pages in Airflow's menu."""
        from control_tower.web.navigation import menu

        return menu()
