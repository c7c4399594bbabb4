from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from control_tower.settings import get_settings
from tests.payments.dues import Dues
from tests.pipeline import attribute


@pytest.fixture(autouse=True)
def _fresh_settings() -> Iterator[None]:
    """Clear the cached settings before and after each test."""
    get_settings.cache_clear()
    yield
    get_settings.cache_clear()


def refresh_once(_: psycopg.Connection[Any]) -> None:
    """What is due is known: nothing."""
    attribute()


@pytest.fixture(scope="module")
def after_refresh(told: Any) -> str:
    """Name of a database in which nothing was loaded, and what scouts are due was derived."""
    return str(told(refresh_once)[0])


@pytest.fixture
def beginning(after_refresh: str) -> str:
    """Name of that database."""
    return after_refresh


@pytest.fixture
def dues(warehouse: psycopg.Connection[Any]) -> Dues:
    """Writes milestones that are due into a copy of that database."""
    return Dues(warehouse)
