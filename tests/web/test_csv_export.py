"""Exports for a spreadsheet: Excel in Spanish opens them as they are, with names, local times and words."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
import pytest
from starlette.testclient import TestClient

from control_tower.i18n.catalogue import codes
from control_tower.settings import get_settings
from control_tower.web import csv_export
from control_tower.web.csv_export import Notation
from tests.web.test_access import filled
from tests.web.test_lists import LISTS

CONFLICTS = "/scouts/attribution/conflicts.csv"


def table(answer: Any, separator: str) -> list[list[str]]:
    assert answer.content.startswith(b"\xef\xbb\xbf"), "the mark by which Excel knows UTF-8"
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=separator))


def test_in_spanish_it_is_as_excel_expects_it_there(editor: TestClient, fleet: psycopg.Connection[Any]) -> None:
    (head, row) = table(editor.get(CONFLICTS, headers={"Accept-Language": "es-PE"}), ";")
    found = dict(zip(head, row, strict=True))
    assert head[:2] == ["Clave de la persona", "Persona"]
    assert found["Números de scouts"] == "7, 9"
    assert found["Scouts"] == 'Tito Zorro, =Mara "Cruz"'
    (since,) = fleet.execute("select since from ops.v_scout_attribution_conflicts").fetchone() or (None,)
    local = since.astimezone(ZoneInfo("America/Lima"))
    assert found["Desde (America/Lima)"] == f"{local:%Y-%m-%d %H:%M:%S}"


def test_in_english_and_when_asked_for_values_are_separated_otherwise(
    editor: TestClient, fleet: psycopg.Connection[Any]
) -> None:
    assert table(editor.get(CONFLICTS), ",")[0][:2] == ["Person key", "Person"]
    for asked, separator in csv_export.SEPARATORS.items():
        head, _ = table(editor.get(CONFLICTS, params={"separator": asked}), separator)
        assert head[0] == "Person key"
    assert editor.get(CONFLICTS, params={"separator": "x"}).status_code == 422
    assert editor.get("/scouts/attribution/conflicts", params={"separator": "tab"}).status_code == 422, "of JSON"


def test_the_name_of_a_person_is_masked_for_viewers(
    editor: TestClient, viewer: TestClient, fleet: psycopg.Connection[Any]
) -> None:
    def names(client: TestClient) -> list[str]:
        head, *rows = table(client.get("/scouts/liquidation/base.csv"), ",")
        return [row[head.index("Person")] for row in rows]

    clear, masked = names(editor), names(viewer)
    assert len(clear) == len(masked)
    assert any(clear)
    assert not {name for name in clear if name} & set(masked)


@pytest.mark.parametrize("language", ["es", "en"])
@pytest.mark.parametrize("path", LISTS)
def test_heads_are_words_and_each_says_something_else(
    editor: TestClient, fleet: psycopg.Connection[Any], path: str, language: str
) -> None:
    listing, _, _ = LISTS[path]
    words = codes(language, "control_tower")["csv.column"]  # type: ignore[arg-type]
    columns = csv_export.columns_with_names(listing.columns())
    assert [column for column in columns if column not in words] == []
    head = table(
        editor.get(f"{filled(path)}.csv", headers={"Accept-Language": language}), ";" if language == "es" else ","
    )[0]
    assert len(set(head)) == len(head)
    assert not any("_" in title.partition(" (")[0] for title in head)


@pytest.mark.parametrize(("country", "text"), [("PE", "1234.5"), ("CO", "1234,5")])
def test_the_decimal_sign_is_that_of_the_pages(monkeypatch: pytest.MonkeyPatch, country: str, text: str) -> None:
    monkeypatch.setenv("CONTROL_TOWER_COUNTRY", country)
    get_settings.cache_clear()
    assert csv_export.cell(Decimal("1234.5"), Notation.of("es")) == text
    assert csv_export.cell(Decimal("1234.5"), Notation.of("en")) == "1234.5"


def test_times_are_local_and_truth_is_a_word() -> None:
    notation = Notation.of("es")
    assert csv_export.cell(datetime(2026, 11, 1, 2, 30, tzinfo=UTC), notation) == "2026-10-31 21:30:00"
    assert csv_export.cell(datetime(2026, 11, 1, 2, 30), notation) == "2026-11-01 02:30:00"  # noqa: DTZ001
    assert (csv_export.cell(True, notation), csv_export.cell(False, notation)) == ("sí", "no")
