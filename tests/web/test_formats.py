"""How numbers and money are written: by the reader's language and the setting of the country."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any, get_args

import psycopg
import pytest

from control_tower.i18n.formats import CURRENCY_OF, Formats
from control_tower.i18n.message_words import WORDS
from control_tower.settings import Settings, get_settings
from control_tower.web.language import Language


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
        ("PE", "es", "25", "USD", "US$ 25.00"),
        ("PE", "es", "35000", "COP", "COP 35,000"),
        ("CO", "es", "35000.00", None, "$ 35.000"),
        ("CO", "es", "35000.50", None, "$ 35.000,50"),
        ("CO", "en", "35000", None, "$ 35,000"),
        ("CO", "es", "25", "PEN", "S/ 25,00"),
    ],
)
def test_an_amount_is_in_the_currency_of_the_country_unless_a_rule_names_another(
    monkeypatch: pytest.MonkeyPatch, country: str, language: Language, value: str, currency: str | None, text: str
) -> None:
    written = in_country(country, monkeypatch, language).money(Decimal(value), currency)
    assert written == text.replace(" ", "\N{NO-BREAK SPACE}")


def test_every_country_of_the_setting_has_a_currency() -> None:
    assert set(CURRENCY_OF) == set(get_args(Settings.model_fields["country"].annotation))


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
    assert in_country(country, monkeypatch, language).percent(Decimal("49.31")) == text
    assert WORDS[language].measured({"satisfactory_pct": 49.31}, {}).endswith(f" {text}")


@pytest.mark.parametrize("country", [*CURRENCY_OF, None])
def test_a_payment_rule_that_names_no_currency_is_in_that_of_the_country(
    warehouse: psycopg.Connection[Any], country: str | None
) -> None:
    if country:
        for other in (*CURRENCY_OF, country):  # the latest run's country counts
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
        assert warehouse.execute(statement.encode()).fetchone() == (CURRENCY_OF.get(country or "PE"),)
