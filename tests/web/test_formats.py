"""How numbers and money are written: by the reader's language and the setting of the country."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, get_args

import psycopg
import pytest
from babel.numbers import get_territory_currencies

from control_tower.i18n.catalogue import Language
from control_tower.i18n.formats import Formats
from control_tower.monitoring.delivery.message import measured
from control_tower.settings import Settings, get_settings

COUNTRIES = get_args(Settings.model_fields["country"].annotation)


@pytest.fixture(autouse=True)
def read_again() -> Iterator[None]:
    yield
    get_settings.cache_clear()


def in_country(country: str, monkeypatch: pytest.MonkeyPatch, language: Language = "es") -> Formats:
    monkeypatch.setenv("CONTROL_TOWER_COUNTRY", country)
    get_settings.cache_clear()
    return Formats(language)


@pytest.mark.parametrize(
    ("country", "language", "value", "currency", "text"),
    [
        ("PE", "es", "1234.5", None, "S/ 1,234.50"),
        ("PE", "en", "25", None, "S/ 25.00"),
        ("PE", "es", "25", "USD", "USD 25.00"),
        ("PE", "es", "35000", "COP", "COP 35,000"),
        ("CO", "es", "35000.00", None, "$ 35.000"),
        ("CO", "es", "35000.50", None, "$ 35.000,50"),
        ("CO", "en", "35000", None, "$ 35,000"),
        ("CO", "es", "25", "PEN", "PEN 25,00"),
        ("CO", "es", "25", "USD", "US$ 25,00"),
    ],
)
def test_an_amount_is_in_the_currency_of_the_country_unless_a_rule_names_another(
    monkeypatch: pytest.MonkeyPatch, country: str, language: Language, value: str, currency: str | None, text: str
) -> None:
    written = in_country(country, monkeypatch, language).money(Decimal(value), currency)
    assert written == text.replace(" ", "\N{NO-BREAK SPACE}")


@pytest.mark.parametrize("country", COUNTRIES)
def test_every_country_of_the_setting_has_one_currency(country: str) -> None:
    assert len(get_territory_currencies(country)) == 1


def test_no_amount_is_no_zero(monkeypatch: pytest.MonkeyPatch) -> None:
    assert in_country("CO", monkeypatch).money(None) == "–"


@pytest.mark.parametrize(
    ("country", "language", "text"),
    [
        ("PE", "es", "49.3\N{NO-BREAK SPACE}%"),
        ("CO", "es", "49,3\N{NO-BREAK SPACE}%"),
        ("PE", "en", "49.3%"),
        ("CO", "en", "49.3%"),
    ],
)
def test_a_percentage_is_written_alike_on_pages_and_in_alerts(
    monkeypatch: pytest.MonkeyPatch, country: str, language: Language, text: str
) -> None:
    formats = in_country(country, monkeypatch, language)
    assert formats.percent(Decimal("49.31")) == text
    assert measured({"satisfactory_pct": 49.31}, {}, formats).endswith(f" {text}")


@pytest.mark.parametrize(
    ("country", "language", "day", "moment"),
    [
        ("PE", "es", "2 set. 2026", "1 set. 2026, 22:04"),
        ("CO", "es", "2 sept 2026", "1 sept 2026, 22:04"),
        ("PE", "en", "2 Sep 2026", "1 Sep 2026, 22:04"),
    ],
)
def test_a_day_is_written_as_in_the_country_and_a_moment_in_the_local_zone(
    monkeypatch: pytest.MonkeyPatch, country: str, language: Language, day: str, moment: str
) -> None:
    formats = in_country(country, monkeypatch, language)
    assert formats.day(date(2026, 9, 2)) == day
    assert formats.day(datetime(2026, 9, 2, 3, 4, 5)) == day, "a moment without a zone is local already"  # noqa: DTZ001
    utc = datetime(2026, 9, 2, 3, 4, 5, tzinfo=UTC)
    assert formats.moment(utc) == moment
    assert formats.exact(utc) == f"{moment}:05 (America/Lima)"
    assert formats.day(utc) == moment.partition(",")[0]
    assert formats.short_day(date(2026, 9, 2)) == day.removesuffix(" 2026")


@pytest.mark.parametrize(
    ("age", "spanish", "english"),
    [
        ({"seconds": 59}, "ahora mismo", "just now"),
        ({"seconds": -59}, "ahora mismo", "just now"),
        ({"minutes": 1}, "hace 1 min", "1 min ago"),
        ({"hours": 3}, "hace 3 h", "3 h ago"),
        ({"days": 1, "minutes": 15}, "hace 1 d 15 min", "1 d 15 min ago"),
        ({"days": 2, "hours": 5}, "hace 2 días", "2 days ago"),
        ({"hours": -3}, "en 3 h", "in 3 h"),
        ({"days": -2}, "en 2 días", "in 2 days"),
    ],
)
def test_an_age_is_told_in_two_units_and_from_two_days_on_in_days(
    age: dict[str, int], spanish: str, english: str
) -> None:
    now = datetime(2026, 11, 22, tzinfo=UTC)
    for language, text in (("es", spanish), ("en", english)):
        assert Formats(language, now).ago(now - timedelta(**age)) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(-3, "0 s"), (59.9, "59 s"), (60, "1 min"), (61, "1 min 1 s"), (601, "10 min"), (3661, "1 h 1 min"), (None, "–")],
)
def test_a_short_duration_has_seconds(seconds: float | None, text: str) -> None:
    assert Formats("es").duration(seconds) == text


def test_days_are_counted_in_words() -> None:
    assert [Formats("es").days(count) for count in (0, 1, 1500, None)] == ["0 días", "1 día", "1,500 días", "–"]


@pytest.mark.parametrize("country", [*COUNTRIES, None])
def test_a_payment_rule_that_names_no_currency_is_in_that_of_the_country(
    warehouse: psycopg.Connection[Any], country: str | None
) -> None:
    if country:
        for other in (*COUNTRIES, country):  # the latest run's country counts
            warehouse.execute(
                "insert into ops.ingestion_runs (job_type, status, started_at, parameters)"
                " values ('identity_run', 'COMPLETED', now(), jsonb_build_object('country', %s::text))",
                [other],
            )
    for table in ("scout_payment_rules", "partner_payment_rules"):
        statement = (
            f"insert into ops.{table} (origin_tag, window_days, milestone_trips, amount, valid_from)"
            " values ('cabinet', 7, 3, 10, '2030-01-01') returning currency"
        )
        assert warehouse.execute(statement.encode()).fetchone() == (get_territory_currencies(country or "PE")[0],)
