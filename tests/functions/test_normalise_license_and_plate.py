from __future__ import annotations

from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg import sql

Connection = psycopg.Connection[tuple[Any, ...]]

LICENSES = {
    "Q12345678": "Q12345678",
    "q12345678": "Q12345678",
    "Q-12345678": "Q12345678",
    " q 1234 5678 ": "Q12345678",
    "Q.12345678 ": "Q12345678",
    "Ｑ１２３４５６７８": "Q12345678",
    "45678901": "45678901",
    "MB-40711223": "MB40711223",
    "1020304050": "1020304050",
    "V-12.345.678": "V12345678",
    "X1234567L": "X1234567L",
    "Q1 2345678": "Q12345678",
    # Labels and notes
    "Lic. N° Q12345678": "Q12345678",
    "№ Q12345678": "Q12345678",
    "Nº01234567": "01234567",
    "brevete: q-12345678": "Q12345678",
    "DNI12345678": "12345678",
    "C.C. 1.020.304.050": "1020304050",
    "CE 001234567": "001234567",
    "P.T.P. 123456789": "123456789",
    "Cédula 79'123,456": "79123456",
    "Q12345678 (esposo)": "Q12345678",
    "Q12345678 venc. 12/05/2026": "Q12345678",
    "DNI 20101987": "20101987",
    # Categories
    "A-IIb Q12345678": "Q12345678",
    "Q12345678 - a IIIc": "Q12345678",
    "Q12345678AIIB": "Q12345678",
    "Clase A Cat. II-b Q12345678": "Q12345678",
    "A2B Q12345678": "Q12345678",
    "C2-1020304050": "1020304050",
    "1.020.304.050 C1": "1020304050",
    # Two licences
    "Q12345678 / R87654321": "Q12345678",
    "79123456 79123457": "79123456",
    # Spreadsheets and invisible signs
    "Q12345678.0": "Q12345678",
    "1.2345678E7": "12345678",
    "1.02030405E9": "1020304050",
    "1.0203E+09": None,
    "1.020.304.050,00": "1020304050",
    "Q\u200b1234\u20115678": "Q12345678",
    # Words, categories and years
    "en trámite 2025": None,
    "ENTRAMITE2025": None,
    "A-IIA": None,
    "A2B 2024": None,
    "A2B2024": None,
    "VENCE 12/05/2026": None,
    "REVALIDACIÓN 2024-2025": None,
    "DRIVERDRAFT": None,
    "DRIVERDRAFT0012": None,
    "driver draft 12": None,
    "S/N": None,
    "SN": None,
    "N/A": None,
    "NINGUNO": None,
    "PENDIENTE": None,
    "no tiene": None,
    "TEST123456": None,
    "0": None,
    "00000000": None,
    "Q00000000": None,
    "Q99999999": None,
    "Q10000000": None,
    "XXXXXXXX": None,
    "Q1234": None,
    "Q1234567890123456": None,
    "🚗🚗🚗🚗🚗🚗": None,
    "": None,
    "1234567" * 2000: None,
}
PLATES = {
    "ABC123": "ABC123",
    "abc-123": "ABC123",
    "ABC 123": "ABC123",
    " a.b.c.123\n": "ABC123",
    "A1B-234": "A1B234",
    "AOB-123": "A0B123",
    "A0B-123": "A0B123",
    "ABC-1O5": "ABC105",
    "ABC-105": "ABC105",
    "AIB-123": "A1B123",
    "ABC-I23": "ABC123",
    "AB-1234": "AB1234",
    "ABC12D": "ABC12D",
    "ABC12": "ABC12",
    "1234-5A": "12345A",
    "1234-AB": "1234AB",
    "M1-2345": "M12345",
    "AB-2019": "AB2019",
    "R 12345": "R12345",
    "ABC123D": "ABC123D",
    # Labels, notes, two plates
    "Placa N° ABC-123": "ABC123",
    "PLACAABC123": "ABC123",
    "PL. ABC-123": "ABC123",
    "Moto abc12d": "ABC12D",
    "ABC-123 (Kia Rio 2019)": "ABC123",
    "(ABC-123)": "ABC123",
    "Toyota Yaris 2018 ABC-123": "ABC123",
    "Hyundai i10 ABC-123": "ABC123",
    "ABC-123 / DEF-456": "ABC123",
    "ABC 12, DEF-456": "ABC12",
    "1234-5A ABC-123": "12345A",
    # Spreadsheets, dashes and invisible signs
    "ABC-123.0": "ABC123",
    "ABC\u2013123": "ABC123",
    "\u200bABC\u00a0123": "ABC123",
    "ABC\u0661\u0662\u0663": "ABC123",
    # Words with digits, brands and models with a year
    "RIO 2019": None,
    "KIA2020": None,
    "i10 2019": None,
    "MG 2019": None,
    "X3 2020": None,
    "YARIS18": None,
    "TAXI01": None,
    "Taxi 123": None,
    "SINPLACA1": None,
    "SIN PLACA 123": None,
    "EN TRÁMITE 2025": None,
    "T1A-000": None,
    "AAA000": None,
    "ABC-000": None,
    "AAA111": None,
    "XXX123": None,
    "XXX-XXX": None,
    "SIN PLACA": None,
    "S/N": None,
    "PLACA1": None,
    "TEST12": None,
    "123456": None,
    "ABCDEF": None,
    "A1": None,
    "ABC-123-DEF": None,
    "": None,
    "🚗": None,
    "A1" * 5000: None,
}


def apply(warehouse: Connection, function: str, values: list[str]) -> dict[str, str | None]:
    query = sql.SQL("select raw, canon.{}(raw) from unnest(%s::text[]) as raw").format(sql.Identifier(function))
    return dict(warehouse.execute(query, [values]).fetchall())


def test_a_licence_is_upper_case_letters_and_digits(warehouse: Connection) -> None:
    assert apply(warehouse, "normalise_license", list(LICENSES)) == LICENSES


DOCUMENTS = {
    ("Q01234567", "PE"): "1234567",
    ("Q1234567", "PE"): "1234567",
    ("01234567", "PE"): "1234567",
    ("1234567", "PE"): "1234567",
    ("Q12345678", "PE"): "12345678",
    ("123456", "PE"): "123456",
    ("Q123456", "PE"): None,
    ("MB40711223", "PE"): None,
    ("123456789", "PE"): None,
    ("1020304050", "CO"): "1020304050",
    ("123456", "CO"): "123456",
    ("12345678901", "CO"): None,
    ("Q12345678", "CO"): None,
    ("12345678", "XX"): None,
    (None, "PE"): None,
}


def test_a_licence_implies_the_number_of_a_document(warehouse: Connection) -> None:
    licenses, countries = zip(*DOCUMENTS, strict=True)
    rows = warehouse.execute(
        "select license, country, canon.license_document(license, country)"
        " from unnest(%s::text[], %s::text[]) as given (license, country)",
        [list(licenses), list(countries)],
    )
    assert {(given, country): document for given, country, document in rows} == DOCUMENTS


def test_a_plate_is_the_same_with_letter_o_or_zero(warehouse: Connection) -> None:
    assert apply(warehouse, "normalise_plate", list(PLATES)) == PLATES


@pytest.mark.parametrize("function", ["normalise_license", "normalise_plate"])
def test_null_stays_null(warehouse: Connection, function: str) -> None:
    query = sql.SQL("select canon.{}(null)").format(sql.Identifier(function))
    assert warehouse.execute(query).fetchone() == (None,)


anything = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"))
codes = st.text("ABCXOIÑabc0123456789- ./", max_size=18)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(raw=anything | codes, function=st.sampled_from(["normalise_license", "normalise_plate"]))
def test_it_never_fails_and_repeating_it_changes_nothing(warehouse: Connection, raw: str, function: str) -> None:
    once = apply(warehouse, function, [raw])[raw]
    if once is not None:
        assert apply(warehouse, function, [once]) == {once: once}


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    raw=st.from_regex(r"[A-Z][A-Z0-9]{2}[0-9]{3}", fullmatch=True),
    mark=st.sampled_from(["-", " ", ".", " - "]),
    function=st.sampled_from(["normalise_license", "normalise_plate"]),
)
def test_notation_does_not_matter(warehouse: Connection, raw: str, mark: str, function: str) -> None:
    written = [raw, raw.lower(), raw[:3] + mark + raw[3:], f" {raw}\t"]
    assert len(set(apply(warehouse, function, written).values())) == 1
