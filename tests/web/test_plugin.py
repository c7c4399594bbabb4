"""What Airflow's processes load: little everywhere, the web in the API server alone."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

MEASURE = """
import json, sys, time
import airflow.plugins_manager  # what every Airflow process has loaded anyway
before = set(sys.modules)
began = time.perf_counter()
import control_tower_plugin
plugin = control_tower_plugin.ControlTowerPlugin()
seconds = time.perf_counter() - began
print(json.dumps({"seconds": seconds, "modules": sorted(set(sys.modules) - before)}))
"""


def test_a_worker_loads_the_registration_and_nothing_else() -> None:
    path = [entry for entry in sys.path if entry]
    code = f"import sys; sys.path[:0] = {path!r}\n{MEASURE}"
    printed = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout
    measured = json.loads(printed.splitlines()[-1])
    assert measured["modules"] == ["control_tower", "control_tower.airflow_plugin", "control_tower_plugin"]
    assert measured["seconds"] < 0.1


def test_airflow_finds_the_application_and_the_menu(airflow_app: Any) -> None:
    from airflow import plugins_manager

    (plugin,) = (found for found in plugins_manager._get_plugins()[0] if found.name == "control_tower")
    (app,) = plugin.fastapi_apps
    assert app["url_prefix"] == "/control-tower"
    assert app["app"] is plugin.fastapi_apps[0]["app"]
    assert any(getattr(route, "path", None) == "/control-tower" for route in airflow_app.routes)
    views, _ = plugins_manager._get_ui_plugins()
    ours = [view for view in views if view["href"].startswith("control-tower/")]
    assert len(ours) == len({view["url_route"] for view in ours}) == 12


@pytest.mark.parametrize(("language", "name"), [("es", "Conflictos de scouts"), ("en", "Scout conflicts")])
def test_the_menu_speaks_the_language_of_the_setting(monkeypatch: pytest.MonkeyPatch, language: str, name: str) -> None:
    from control_tower.settings import get_settings
    from control_tower.web.navigation import menu

    monkeypatch.setenv("CONTROL_TOWER_LANGUAGE", language)
    get_settings.cache_clear()
    assert name in [entry["name"] for entry in menu()]
