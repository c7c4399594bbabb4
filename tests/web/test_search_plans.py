"""Searches follow indexes however many records there are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from control_tower.database import read_sql
from control_tower.sources import SOURCE_TABLES

Warehouse = psycopg.Connection[Any]

ROWS = 30_000
RECORDS = (
    "insert into canon.records_index (source_table, source_pk, source_row_id, row_version, name_norm, phone_norm,"
    " license_norm, license_number, plate_norm, driver_id, origin_tag, payload, created_at, updated_at, run_id)"
    " select 'module_ct_cabinet_leads', n::text, n, '1', 'ANA W' || chr(65 + n %% 26) || chr(65 + n / 26 %% 26)"
    " || chr(65 + n / 676 %% 26), (900000000 + n)::text, 'Q' || n, n::text, 'P' || n, 'd' || n, 'cabinet', '{}',"
    " now(), now(), 1 from generate_series(1, %(rows)s) as n"
)
ACCOUNTS = (
    "insert into canon.drivers_index (driver_id, full_name_norm, phone_norm, license_norm, license_number, plate_norm,"
    " snapshot_date) select 'd' || n, 'EVA W' || chr(65 + n %% 26) || chr(65 + n / 26 %% 26)"
    " || chr(65 + n / 676 %% 26), (900000000 + n)::text, 'Q' || n, n::text, 'P' || n, now()"
    " from generate_series(1, %(rows)s) as n"
)
KEYS: dict[str, Any] = {
    "phone": "900012345", "phone_end": "12345", "license": "Q777", "document": "777", "plate": "P777",
    "driver_id": "d777", "external_id": "777", "source_tables": list(SOURCE_TABLES), "most": 500,
}  # fmt: skip


@pytest.fixture
def loaded(warehouse: Warehouse) -> Warehouse:
    """A warehouse with many records and accounts."""
    warehouse.execute(RECORDS, {"rows": ROWS})
    warehouse.execute(ACCOUNTS, {"rows": ROWS})
    warehouse.execute("vacuum analyze canon.records_index, canon.drivers_index")
    warehouse.execute("set role control_tower_reader")
    return warehouse


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for child in plan.get("Plans", ()):
        yield from nodes(child)


def scanned(connection: Warehouse, file: str, parameters: dict[str, Any]) -> set[str]:
    """The tables that a query reads from end to end."""
    query = f"explain (format json) {read_sql(file)}"
    (explained,) = connection.execute(query.encode(), parameters, prepare=False).fetchone() or ([],)
    return {node["Relation Name"] for node in nodes(explained[0]["Plan"]) if node["Node Type"] == "Seq Scan"}


@pytest.mark.parametrize("key", [name for name in KEYS if name not in ("source_tables", "most")])
def test_each_kind_of_key_follows_its_index(loaded: Warehouse, key: str) -> None:
    asked = {name: value if name in (key, "source_tables", "most") else None for name, value in KEYS.items()}
    assert loaded.execute(read_sql("web/search/candidates.sql").encode(), asked).fetchall()
    assert not scanned(loaded, "web/search/candidates.sql", asked) & {"records_index", "drivers_index"}


@pytest.mark.parametrize(
    "words", ["WABC", "ANA & WABC", "(ANA | EVA) & (WABC | WABD)", "(WABC:*) & ANA", "(ANA & WABC) | (EVA & WABC)"]
)
def test_names_follow_the_index_of_words(loaded: Warehouse, words: str) -> None:
    asked = {"words": words, "most": 500}
    assert loaded.execute(read_sql("web/search/candidates_by_name.sql").encode(), asked).fetchall()
    assert not scanned(loaded, "web/search/candidates_by_name.sql", asked)


def test_whose_the_hits_are_is_looked_up_one_by_one(loaded: Warehouse) -> None:
    loaded.execute("reset role")
    loaded.execute(
        "with person as (insert into canon.identity_registry (person_key, confidence_level)"
        " select gen_random_uuid(), 'HIGH' from generate_series(1, 30000) returning person_key)"
        " insert into canon.identity_links (person_key, source_table, source_pk, snapshot_date, match_rule,"
        " match_score, confidence_level) select person_key, 'drivers', 'd' || row_number() over (), now(),"
        " 'DRIVER_MATCH', 100, 'HIGH' from person"
    )
    loaded.execute(
        "insert into canon.identity_unmatched (source_table, source_pk, snapshot_date, reason_code)"
        " select 'module_ct_cabinet_leads', n::text, now(), 'NO_CANDIDATES' from generate_series(1, 30000) as n"
    )
    loaded.execute("vacuum analyze canon.identity_registry, canon.identity_links, canon.identity_unmatched")
    loaded.execute("set role control_tower_reader")
    hits = {
        "source_tables": ["drivers", "module_ct_cabinet_leads"] * 20,
        "source_pks": [f"{'d' if n % 2 == 0 else ''}{n}" for n in range(1, 41)],
        "person_key": None,
    }
    for file in ("web/search/found_persons.sql", "web/search/found_records.sql"):
        tables = scanned(loaded, file, hits)
        assert not tables & {"identity_links", "identity_registry", "identity_unmatched", "records_index"}, file
