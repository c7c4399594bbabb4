from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest

from control_tower.settings import get_settings


@pytest.fixture(autouse=True)
def _fresh_settings() -> Iterator[None]:
    """Settings are read once per process; each test here reads them anew."""
    get_settings.cache_clear()
    yield
    get_settings.cache_clear()


@pytest.fixture
def empty_warehouse(
    copy_of: Callable[[str], psycopg.Connection[Any]], migrated_template: str
) -> psycopg.Connection[Any]:
    """A warehouse in which nothing has happened yet, where the others of a file begin with a story."""
    return copy_of(migrated_template)
