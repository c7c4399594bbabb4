from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from control_tower.settings import get_settings
from tests.monitoring.watchtower import QUIET_SOURCES, Watchtower


@pytest.fixture(autouse=True)
def _fresh_settings() -> Iterator[None]:
    """Settings are read once per process; each test here reads them anew."""
    get_settings.cache_clear()
    yield
    get_settings.cache_clear()


@pytest.fixture
def watchtower(warehouse: psycopg.Connection[Any], monkeypatch: pytest.MonkeyPatch) -> Watchtower:
    """A warehouse in which nothing but the pipelines can be wrong."""
    monkeypatch.setenv("CONTROL_TOWER_SOURCE_CADENCE_HOURS", QUIET_SOURCES)
    return Watchtower(warehouse)
