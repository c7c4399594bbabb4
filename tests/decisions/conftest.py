from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest

from control_tower.settings import get_settings


@pytest.fixture(autouse=True)
def _fresh_settings() -> Iterator[None]:
    """Clear the cached settings before and after each test."""
    get_settings.cache_clear()
    yield
    get_settings.cache_clear()


@pytest.fixture
def empty_warehouse(
    copy_of: Callable[[str], psycopg.Connection[Any]], migrated_template: str
) -> psycopg.Connection[Any]:
    """An empty warehouse; other fixtures of a file start from a story."""
    return copy_of(migrated_template)
