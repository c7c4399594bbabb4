"""Registers Control Tower with an Airflow that finds it in its plugins folder, unless it is an installed package."""

from __future__ import annotations

import logging
from importlib.metadata import entry_points

import control_tower
from control_tower.airflow_plugin import ControlTowerPlugin

if entry_points(group="airflow.plugins", name=ControlTowerPlugin.name):
    # Airflow takes the plugin from the package, and would report a second one of that name as an error.
    del ControlTowerPlugin
    logging.getLogger(__name__).warning(
        "Control Tower is an installed package and lies in the plugins folder, too. Version %s in %s is used; "
        "remove the other one.",
        control_tower.__version__,
        control_tower.__path__[0],
    )
