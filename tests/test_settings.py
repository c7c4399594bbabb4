"""Settings come from CONTROL_TOWER_* and are checked once."""

from __future__ import annotations

import pytest

from control_tower.errors import SettingsInvalid
from control_tower.settings import get_settings


@pytest.fixture(autouse=True)
def fresh_settings():
    get_settings.cache_clear()
    yield
    get_settings.cache_clear()


def test_nothing_needs_to_be_set() -> None:
    settings = get_settings()

    assert (settings.timezone, settings.country, settings.target_park_id) == ("America/Lima", "PE", None)
    assert (settings.hot_value_people, settings.language) == (5, "es")


def test_the_environment_decides(monkeypatch) -> None:
    monkeypatch.setenv("CONTROL_TOWER_COUNTRY", "CO")
    monkeypatch.setenv("CONTROL_TOWER_TARGET_PARK_ID", "park-1")
    monkeypatch.setenv("CONTROL_TOWER_LANGUAGE", "")

    assert get_settings().country == "CO"
    assert get_settings().target_park_id == "park-1"
    assert get_settings().language == "es", "an empty variable is one that is not set"


def test_every_wrong_variable_is_named_and_no_value_is_shown(monkeypatch) -> None:
    monkeypatch.setenv("CONTROL_TOWER_TIMEZONE", "Mars/Olympus")
    monkeypatch.setenv("CONTROL_TOWER_COUNTRY", "Atlantis")
    monkeypatch.setenv("CONTROL_TOWER_HOT_VALUE_PEOPLE", "0")

    with pytest.raises(SettingsInvalid) as caught:
        get_settings()

    for variable in ("CONTROL_TOWER_TIMEZONE", "CONTROL_TOWER_COUNTRY", "CONTROL_TOWER_HOT_VALUE_PEOPLE"):
        assert variable in str(caught.value)
    assert "Mars" not in str(caught.value)
    assert "Atlantis" not in str(caught.value)


def test_a_setting_is_read_once_and_cannot_be_changed() -> None:
    settings = get_settings()

    assert get_settings() is settings
    with pytest.raises(ValueError, match="frozen"):
        settings.country = "CO"
