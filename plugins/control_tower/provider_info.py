"""What `airflow providers` shows of the installed package."""

from __future__ import annotations

from typing import Any

from control_tower import __version__


def get_provider_info() -> dict[str, Any]:
    """The entry point `apache_airflow_provider`."""
    return {
        "package-name": "control-tower",
        "name": "Control Tower",
        "description": "Which lead is which driver, and which scout earned the bonus.",
        "versions": [__version__],
    }
