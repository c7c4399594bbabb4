"""A cabinet lead gets a scout only where one lead corresponds to one scouting row."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from tests.attribution.datasets import LEADS, MIGRATIONS, SCOUTING, audit_rows, event, everything, ledger, person
from tests.identity.sources import driver, lead, migration, scouting
from tests.pipeline import attribute, ingest

Warehouse = psycopg.Connection[Any]
ANA = "Ana Lucia Torres Vega"


def scouts_of_leads(warehouse: Warehouse) -> list[int | None]:
    rows = warehouse.execute(
        "select scout_id from observational.lead_events where source_table = %s order by source_pk", [LEADS]
    )
    return [row[0] for row in rows]


def audited(warehouse: Warehouse) -> list[tuple[Any, ...]]:
    return warehouse.execute(
        "select action_type, mapping_method, old_scout_id, new_scout_id from ops.lead_events_scout_backfill_audit"
        " order by id"
    ).fetchall()


def test_one_lead_against_one_scouting_row_gets_its_scout_and_keeps_it(warehouse: Warehouse) -> None:
    driver(warehouse, "d1", full_name=ANA, phone="987654321")
    lead(warehouse, "l1", ANA, park_phone="987654321")
    scouting(warehouse, 1, ANA, driver_phone="987654321")
    ingest()
    attribute()
    assert scouts_of_leads(warehouse) == [7]
    assert audited(warehouse) == [("UPDATED", "ONE_LEAD_ONE_SCOUTING_ROW", None, 7)]
    warehouse.execute("update module_ct_cabinet_leads set last_name = 'Torres'")
    ingest()
    ingest(incremental=False)
    attribute()
    assert scouts_of_leads(warehouse) == [7]
    assert len(audited(warehouse)) == 1


@pytest.mark.parametrize(
    "others",
    [
        pytest.param([(SCOUTING, 7), (SCOUTING, 8)], id="two scouts"),
        pytest.param([(SCOUTING, 7), (SCOUTING, 7)], id="two scouting rows"),
        pytest.param([(SCOUTING, 7), (LEADS, None)], id="two leads"),
        pytest.param([(SCOUTING, 7), (MIGRATIONS, 9)], id="another scout in a migration"),
        pytest.param([(MIGRATIONS, 9)], id="no scouting row"),
        pytest.param([(SCOUTING, None), (MIGRATIONS, 9)], id="a scouting row without a scout"),
    ],
)
def test_any_other_mapping_is_none(warehouse: Warehouse, others: list[tuple[str, int | None]]) -> None:
    key = person(warehouse, 1)
    for source, scout in [(LEADS, None), *others]:
        event(warehouse, key, source, scout)
    attribute()
    assert set(scouts_of_leads(warehouse)) == {None}
    assert {row[:2] for row in audited(warehouse)} == {("NO_MAPPING", "NONE")}


def test_nothing_is_invented_where_nobody_claims_the_person(warehouse: Warehouse) -> None:
    for number, sources in enumerate([[LEADS], [LEADS, SCOUTING], [LEADS, MIGRATIONS]], start=1):
        for source in sources:
            event(warehouse, person(warehouse, number), source)
    event(warehouse, None, LEADS)
    event(warehouse, None, SCOUTING, 7)
    attribute()
    assert set(scouts_of_leads(warehouse)) == {None}
    assert {row.scout for row in ledger(warehouse).values()} == {None}
    assert audit_rows(warehouse) == [0, 0, 0]


def test_a_missing_mapping_is_audited_again_only_when_the_evidence_changes(warehouse: Warehouse) -> None:
    key = person(warehouse, 1)
    for source, scout in [(LEADS, None), (SCOUTING, 7), (SCOUTING, 8)]:
        event(warehouse, key, source, scout)
    attribute()
    before = everything(warehouse)
    attribute()
    warehouse.execute("insert into canon.attribution_queue values (%s)", [key])
    attribute()
    assert everything(warehouse) == before
    event(warehouse, key, SCOUTING, 9)
    attribute()
    assert [row[0] for row in audited(warehouse)] == ["NO_MAPPING"] * 2


def test_a_reverted_scout_does_not_come_back(warehouse: Warehouse) -> None:
    key = person(warehouse, 1)
    for source, scout in [(LEADS, None), (SCOUTING, 7)]:
        event(warehouse, key, source, scout)
    attribute()
    warehouse.execute(
        "insert into ops.lead_events_scout_backfill_audit (source_table, source_pk, person_key, old_scout_id,"
        " mapping_method, mapping_confidence, action_type, notes) select source_table, source_pk, person_key, 7,"
        " 'REVERT', 'none', 'SKIPPED', 'reverted: wrong person' from ops.lead_events_scout_backfill_audit"
    )
    warehouse.execute("update observational.lead_events set scout_id = null where source_table = %s", [LEADS])
    for later_source in (None, MIGRATIONS, None):
        attribute()
        if later_source:
            event(warehouse, key, later_source)
        warehouse.execute("insert into canon.attribution_queue values (%s) on conflict do nothing", [key])
    attribute()
    assert scouts_of_leads(warehouse) == [None]
    assert [row[0] for row in audited(warehouse)] == ["UPDATED", "SKIPPED"]


def test_a_scout_of_a_migration_does_not_count_as_the_row_s(warehouse: Warehouse) -> None:
    driver(warehouse, "d1", full_name=ANA, phone="987654321")
    lead(warehouse, "l1", ANA, park_phone="987654321")
    scouting(warehouse, 1, ANA, driver_phone="987654321", scout_id=None)
    migration(warehouse, 1, "d1")
    ingest()
    attribute()
    assert scouts_of_leads(warehouse) == [None]
