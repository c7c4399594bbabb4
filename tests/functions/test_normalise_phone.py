from __future__ import annotations

from typing import Any

import psycopg
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

Connection = psycopg.Connection[tuple[Any, ...]]

PERU = {
    "987654321": "987654321",
    "51987654321": "987654321",
    "+51987654321": "987654321",
    "+51 987 654 321": "987654321",
    "(+51) 987-654-321": "987654321",
    "0051987654321": "987654321",
    "00 51 987654321": "987654321",
    "(51)987654321": "987654321",
    "0987654321": "987654321",
    "+51 0987654321": "987654321",
    "+51 51987654321": "987654321",
    "987.654.321": "987654321",
    "987654321.0": "987654321",
    "51987654321.00": "987654321",
    "900.075.000": "900075000",
    "900075.000": "900075000",
    "98765432.0": None,
    "９８７６５４３２１": "987654321",
    "987\u00a0654\u00a0321": "987654321",
    "cel: 987654321": "987654321",
    "987654321 (mamá)": "987654321",
    "📱987654321": "987654321",
    "\t987654321\r\n": "987654321",
    "987654321/912345678": "987654321",
    "987654321 / 912345678": "987654321",
    "987654321, 912345678": "987654321",
    "987654321;912345678": "987654321",
    "987654321 y 912345678": "987654321",
    "987654321 912345678": "987654321",
    "987654321-912345678": "987654321",
    "987 654 321 912 345 678": "987654321",
    "+51987654321 +51912345678": "987654321",
    "999999999 / 912345678": None,
    "no tiene / 912345678": "912345678",
    "12345 / 912345678": "912345678",
    "(01) 445-6677": "14456677",
    "+51 1 4456677": "14456677",
    "054-223344": "54223344",
    "4456677": None,
    "98765432": None,
    "9876543210": None,
    "987654321 5": None,
    "887654321": None,
    "+56 9 8765 4321": None,
    "+57 310 456 7890": None,
    "999999999": None,
    "000000000": None,
    "987999999": None,
    "111111111": None,
    "123456789": None,
    "12345678": None,
    # Labels, lists, notes, extensions
    "Cel1: 987654321": "987654321",
    "1) 987654321 2) 912345678": "987654321",
    "1.- 987654321": "987654321",
    "987654321 (2 líneas)": "987654321",
    "987654321 x12": "987654321",
    "(01) 445-6677 anexo 105": "14456677",
    "01/4456677 / 987654321": "14456677",
    "DNI 44223344 cel 987654321": "987654321",
    "15/07/2024": None,
    "15-07-2024": None,
    # Invisible signs, other digits, other separators
    "\u202a+51 987\u00ad654\u200b321\u202c": "987654321",
    "\u0669\u0668\u0667\u0666\u0665\u0664\u0663\u0662\u0661": "987654321",
    "9\ufe0f\u20e38\ufe0f\u20e37654321": "987654321",
    "987\u2013654\u2212321": "987654321",
    "972'654,321": "972654321",
    "987/654/321": "987654321",
    "987\n654\n321": "987654321",
    "98765 / 912345678": "912345678",
    # Spreadsheets: only what is exact
    "987654321,0": "987654321",
    "9.87654321E+08": "987654321",
    "5,1987654321E10": "987654321",
    "9.8765432E8": "987654320",
    "5.4234567E+08": None,
    # Links
    "https://wa.me/51987654321?text=Hola%2C%20soy%2012": "987654321",
    "https://api.whatsapp.com/send?phone=%2B51987654321": "987654321",
    "tel:+51-987-654-321;ext=5": "987654321",
    # Country codes
    "+51+51987654321": "987654321",
    "+51: 987654321": "987654321",
    "011 51 987 654 321": "987654321",
    "000000987654321": "987654321",
    "+987654321": None,
    "00987654321": None,
    "+56\u2013987654321": None,
    "(+56), 987654321": None,
    "Chile +56 cel. 987654321": None,
    "56 / 987654321": None,
    "+56 9 8765 4321 / 912345678": "912345678",
    "S/N": None,
    "-": None,
    "": None,
    "😀" * 3000: None,
    "9" * 10_000: None,
    "9 " * 5_000: None,
}
COLOMBIA = {
    "3104567890": "3104567890",
    "+57 310 456 7890": "3104567890",
    "573104567890": "3104567890",
    "0057-310-4567890": "3104567890",
    "3104567890 / 3157654321": "3104567890",
    "310 456 7890 315 765 4321": "3104567890",
    "604 444 5566": "6044445566",
    "+57 (601) 7456123": "6017456123",
    "03 310 4567890": "3104567890",
    "0333104567890": "3104567890",
    "57/310/456/7890": "3104567890",
    "3.104567890E+09": "3104567890",
    "3.10456789E+09": None,
    "cc 3104567890": None,
    "1 310 456 7890": None,
    "+1. 310 456 7890": None,
    "7456123": None,
    "310456789": None,
    "31045678901": None,
    "3333333333": None,
    "3000000000": None,
    "987654321": None,
}
FOREIGN = {
    "+58 412-1234567": "+584121234567",
    "0058 (412) 1234567": "+584121234567",
    "+58 +58 412 1234567; +58 414 7654321": "+584121234567",
    "Vzla +58, 412/123/4567": "+584121234567",
    "+44 (0)20 7946 0958": "+442079460958",
    "https://wa.me/56987654321": "+56987654321",
    "+57 310 456 7890": "+573104567890",
    "+1 310 456 7890": "+13104567890",
    "+1 310 456": None,
    "+58 412 1234567 / 987654321": None,
    "56 9 8765 4321": None,
    "+51 98765": None,
    "+999 1234567": None,
    "+58 412": None,
    "+56 999999999": None,
    "+1 234 567 8901": None,
    "987654321": None,
    "S/N": None,
}


def normalise(warehouse: Connection, values: list[str], country: str | None) -> dict[str, str | None]:
    rows = warehouse.execute(
        "select raw, canon.normalise_phone(raw, %s) from unnest(%s::text[]) as raw", [country, values]
    )
    return dict(rows.fetchall())


def test_every_notation_becomes_the_national_number_and_placeholders_become_null(
    warehouse: Connection,
) -> None:
    assert normalise(warehouse, list(PERU), "PE") == PERU
    assert normalise(warehouse, list(COLOMBIA), "CO") == COLOMBIA


def test_a_number_of_another_country_is_a_key_with_its_country_code(warehouse: Connection) -> None:
    query = "select raw, canon.foreign_phone(raw, %s), canon.phone_key(raw, %s) from unnest(%s::text[]) as raw"
    rows = warehouse.execute(query, ["PE", "PE", list(FOREIGN)]).fetchall()
    assert {raw: foreign for raw, foreign, _ in rows} == FOREIGN
    keys = {raw: key for raw, _, key in rows}
    assert keys == FOREIGN | {"987654321": "987654321", "+58 412 1234567 / 987654321": "987654321"}
    assert warehouse.execute("select canon.phone_key('+58 412 1234567', 'XX')").fetchone() == (None,)


def test_an_unknown_country_has_no_numbers(warehouse: Connection) -> None:
    assert normalise(warehouse, ["987654321"], "XX") == {"987654321": None}
    assert normalise(warehouse, ["987654321"], None) == {"987654321": None}


def test_null_stays_null(warehouse: Connection) -> None:
    assert warehouse.execute("select canon.normalise_phone(null, 'PE')").fetchone() == (None,)


anything = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"))
phoneish = st.text("0123456789 +-()/.;,yY\t")


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(raw=anything | phoneish, country=st.sampled_from(["PE", "CO"]))
def test_it_never_fails_and_a_normal_number_is_its_own_normal_form(
    warehouse: Connection, raw: str, country: str
) -> None:
    once = normalise(warehouse, [raw], country)[raw]
    if once is not None:
        assert normalise(warehouse, [once], country) == {once: once}


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    subscriber=st.integers(0, 99_999_999).map("9{:08d}".format),
    prefix=st.sampled_from(["", "+51", "51", "0051", "+51 ", "(51) ", "(+51)", "0", "+ 51-"]),
    gaps=st.lists(st.sampled_from(["", " ", "-", ".", "  "]), min_size=2, max_size=2),
    around=st.sampled_from([("", ""), ("cel: ", ""), ("", " (casa)"), (" ", "\n"), ("", " / 01 4456677")]),
)
def test_notation_does_not_matter(
    warehouse: Connection, subscriber: str, prefix: str, gaps: list[str], around: tuple[str, str]
) -> None:
    spread = subscriber[:3] + gaps[0] + subscriber[3:6] + gaps[1] + subscriber[6:]
    written = around[0] + prefix + spread + around[1]
    plain = normalise(warehouse, [subscriber], "PE")[subscriber]
    if plain is not None:
        assert normalise(warehouse, [written], "PE") == {written: subscriber}
