from __future__ import annotations

from typing import Any

import psycopg
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

Connection = psycopg.Connection[tuple[Any, ...]]

CARS = {
    (None, "Toyota Yaris"): "TOYOTAYARIS",
    ("TOYOTA", "Yaris"): "TOYOTAYARIS",
    ("Toyota", "TOYOTA YARIS"): "TOYOTAYARIS",
    ("", " toyota  yaris "): "TOYOTAYARIS",
    ("S/N", "Toyota-Yaris 1.3"): "TOYOTAYARIS13",
    (None, "KIA Rio"): "KIARIO",
    ("Kia", "Rio"): "KIARIO",
    (None, "Hyundai Grand i10"): "HYUNDAIGRANDI10",
    ("HYUNDAI", "GRAND I-10"): "HYUNDAIGRANDI10",
    (None, "Citroën C3"): "CITROENC3",
    ("MG", "MG3"): "MG3",
    (None, "MG MG3"): "MG3",
    ("VW", "Gol"): "VOLKSWAGENGOL",
    (None, "Volkswagen Gol"): "VOLKSWAGENGOL",
    (None, "Toyota"): None,
    ("Toyota", None): None,
    ("Toyota", "Toyota"): None,
    ("Toyota", "N/A"): None,
    (None, None): None,
    (None, "🚗 🚗"): None,
}
WORDS = {
    "Grand i10": "GRANDI10",
    "Citroën": "CITROEN",
    "S/N": None,
    "-": None,
    "x" * 9: None,
    "ab" * 5000: "AB" * 30,
}


def fingerprint(warehouse: Connection, brand: str | None, model: str | None) -> str | None:
    row = warehouse.execute("select canon.car_fingerprint(%s, %s)", [brand, model]).fetchone()
    assert row is not None
    value: str | None = row[0]
    return value


def test_brand_and_model_are_one_word_however_they_were_written(warehouse: Connection) -> None:
    assert {car: fingerprint(warehouse, *car) for car in CARS} == CARS


def test_a_word_is_upper_case_letters_and_digits(warehouse: Connection) -> None:
    rows = warehouse.execute(
        "select raw, canon.normalise_word(raw) from unnest(%s::text[]) as raw", [list(WORDS)]
    ).fetchall()
    assert dict(rows) == WORDS


anything = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"))


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(brand=st.none() | anything, model=st.none() | anything)
def test_it_never_fails_and_a_word_is_its_own_normal_form(
    warehouse: Connection, brand: str | None, model: str | None
) -> None:
    fingerprint(warehouse, brand, model)
    row = warehouse.execute(
        "select word, canon.normalise_word(word) from canon.normalise_word(%s) as word", [brand]
    ).fetchone()
    assert row is not None
    assert row[0] == row[1]


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    brand=st.sampled_from(["Toyota", "KIA", "Suzuki", "Nissan"]),
    model=st.sampled_from(["Yaris", "Rio", "Grand i10", "Swift Dzire"]),
)
def test_one_text_and_two_columns_are_the_same_car(warehouse: Connection, brand: str, model: str) -> None:
    assert fingerprint(warehouse, None, f"{brand} {model}") == fingerprint(warehouse, brand.lower(), model.upper())
