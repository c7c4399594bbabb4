from __future__ import annotations

from collections.abc import Iterator

import pytest

from control_tower.settings import get_settings


@pytest.fixture(autouse=True)
def _fresh_settings() -> Iterator[None]:
    """Clear the cached settings before and after each test."""
    get_settings.cache_clear()
    yield
    get_settings.cache_clear()
