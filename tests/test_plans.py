"""Hot statements of incremental runs read by an index what they need: no big table as a whole."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from control_tower.attribution import ledger
from control_tower.database import execute_file, fetch_one, fetch_rows, read_sql
from control_tower.monitoring import checks
from control_tower.payments import cabinet_claims, read_models
from control_tower.review_cases import refresh_case, refresh_conflicts
from tests.plans import Plans

Warehouse = psycopg.Connection[Any]
PERSONS = 8_000
LETTERS = "translate(n::text, '0123456789', 'ABCDEFGHIJ')"
"""Numbers are no part of a name."""
LOAD = (
    """
        insert into canon.identity_registry (person_key, confidence_level) select md5('p' || n)::uuid, 'HIGH' from n
    """,
    """
        insert into public.drivers (driver_id, full_name, hire_date) select 'D' || n, 'Quispe Rojas ' ||
        lower(letters), date
        '2026-03-01' from n
    """,
    """
        insert into canon.drivers_index (driver_id, full_name_norm, snapshot_date, account_group) select 'D' || n,
        'QUISPE ROJAS ' || letters, now(), 'D' || n from n
    """,
    """
        insert into canon.identity_links (person_key, source_table, source_pk, snapshot_date, match_rule,
        match_score, confidence_level) select md5('p' || n)::uuid, kind.source_table, kind.prefix || n, now(),
        'R1_PHONE_EXACT', 95, 'HIGH' from n, (values ('drivers', 'D'), ('module_ct_cabinet_leads', 'L')) as kind
        (source_table, prefix)
    """,
    """
        insert into canon.records_index (source_table, source_pk, source_row_id, row_version, event_date,
        recorded_at, origin_tag, payload, created_at, updated_at, run_id) select 'module_ct_cabinet_leads', 'L' ||
        n, n, '3', date '2026-03-02', now(), 'cabinet', '{}', now(), now(), 1 from n
    """,
    """
        insert into observational.lead_events (source_table, source_pk, event_date, person_key, scout_id,
        payload_json) select 'module_ct_cabinet_leads', 'L' || n, date '2026-03-02', md5('p' || n)::uuid, 7,
        '{"origin_tag": "cabinet"}' from n
    """,
    """
        insert into canon.identity_unmatched (source_table, source_pk, snapshot_date, reason_code, status,
        created_at) select 'module_ct_cabinet_leads', 'U' || n, now(), 'NO_CANDIDATES', 'OPEN', now() from n
    """,
    """
        insert into public.summary_daily (driver_id, date_file, count_orders_completed, sum_work_time_seconds)
        select 'D' || n, '03-03-2026', 6, 3600 from n
    """,
    """
        insert into public.module_ct_cabinet_payments (date, time, driver, trip_1, trip_5, trip_25, driver_id)
        select '2026-04-01', '10:00', 'Quispe Rojas ' || lower(letters), true, n % 3 = 0, false, case when n % 2 = 0
        then 'D' ||
        n end from n
    """,
)
KEYED = [name for name in checks.check_names() if checks.key_of(name)]


def load(warehouse: Warehouse) -> None:
    """Persons with a driver, a lead, trips, a payment, a ledger row, claims and what a scout is due."""
    for statement in LOAD:
        warehouse.execute(
            f"with n as (select n, {LETTERS} as letters from generate_series(1, {PERSONS}) as n) {statement}".encode()
        )
    warehouse.execute("analyze")
    with warehouse.transaction():
        persons = [row[0] for row in warehouse.execute("select person_key from canon.identity_registry")]
        ledger_of(warehouse, persons)
    warehouse.execute("analyze")
    with warehouse.transaction():
        cabinet_claims.derive_all_claims(warehouse)
        read_models.derive_scout_payments(warehouse, persons[:2000])
        execute_file(warehouse, read_models.REFRESH_PARTNER_CLAIMS, {"persons": None})
        warehouse.execute("delete from canon.attribution_queue")
        warehouse.execute("delete from canon.cabinet_claims_queue")
        warehouse.execute("delete from canon.check_queue")
    warehouse.execute("vacuum analyze")


def ledger_of(warehouse: Warehouse, persons: list[Any]) -> None:
    """Rows of the ledger, each assigned to its only scout."""
    warehouse.execute(
        "insert into observational.lead_ledger (person_key, attributed_scout_id, attribution_rule, attribution_score,"
        " confidence_level, decision_status, event_scouts, event_count, event_scout_ids)"
        " select person_key, 7, 'A', 0.95, 'high', 'assigned', 1, 1, '{7}' from unnest(%s::uuid[]) as person_key",
        [persons],
    )


@pytest.fixture(scope="module")
def loaded(told: Any) -> str:
    """Name of a database with so many persons."""
    return str(told(load)[0])


@pytest.fixture
def beginning(loaded: str) -> str:
    """Name of that database."""
    return loaded


@pytest.fixture
def plans(warehouse: Warehouse) -> Plans:
    """The plans of the test's session."""
    return Plans(warehouse)


def few_persons(warehouse: Warehouse) -> list[Any]:
    return list(fetch_one(warehouse, "select array_agg(md5('p' || n)::uuid) from generate_series(100, 109) as n")[0])


def test_a_whole_table_would_be_noticed(warehouse: Warehouse, plans: Plans) -> None:
    warehouse.execute("select count(payload_json) from observational.lead_events")
    assert {name for name, _ in plans.scanned()} == {"lead_events"}


@pytest.mark.parametrize("name", KEYED)
def test_what_was_written_is_checked_by_its_keys(warehouse: Warehouse, plans: Plans, name: str) -> None:
    warehouse.execute(
        "insert into canon.check_queue (source_table, source_pk, person_key)"
        " select 'module_ct_cabinet_leads', 'L' || n, md5('p' || n)::uuid from generate_series(100, 109) as n"
    )
    (keys,) = fetch_rows(warehouse, "monitoring/changed_keys.sql", {"limit": checks.KEYS_AT_MOST})
    result = checks.run_check(warehouse, name, keys=keys)
    assert (result.status, result.is_full) == ("OK", False), result
    assert len(plans.found) >= 2
    assert plans.scanned() == set()


PAGE_OF_A_PERSON = [
    f"web/{path}.sql"
    for path in (
        "persons/claims", "persons/payments", "persons/ledger", "persons/attribution", "persons/events",
        "persons/links", "persons/accounts", "persons/decisions", "persons/merged", "persons/survivor", "persons/audit",
        "attribution/conflict_of_person", "attribution/conflict_claims", "review/conversion",
    )
]  # fmt: skip


@pytest.mark.parametrize("file", PAGE_OF_A_PERSON)
def test_the_page_of_a_person_reads_that_person(warehouse: Warehouse, plans: Plans, file: str) -> None:
    (person,) = few_persons(warehouse)[:1]
    fetch_rows(warehouse, file, {"person_key": person})
    assert plans.found
    assert plans.scanned() == set()


def test_claims_are_derived_person_by_person(warehouse: Warehouse, plans: Plans) -> None:
    with warehouse.transaction():
        warehouse.execute(
            "insert into canon.cabinet_claims_queue (kind, value)"
            " select 'driver', 'D' || n from generate_series(100, 104) as n"
            " union all select 'person', md5('p' || n)::uuid::text from generate_series(105, 109) as n"
        )
        execute_file(warehouse, cabinet_claims.TAKE_CHANGED_CLAIMS)
        execute_file(warehouse, cabinet_claims.KEEP_PAID_PAYMENTS)
        execute_file(warehouse, cabinet_claims.REFRESH_PAYMENT_NAMES)
        (persons,) = fetch_one(warehouse, read_sql(cabinet_claims.CHANGED_CLAIM_PERSONS), {"trips_since": None})
        assert len(persons) == 10
        warehouse.execute("update public.drivers set full_name = 'Rosa Luna' where driver_id = 'D100'")
        assert cabinet_claims.derive_claims(warehouse, persons) > 0
    assert plans.scanned() == set()


def test_lists_of_money_follow_person_by_person(warehouse: Warehouse, plans: Plans) -> None:
    persons = few_persons(warehouse)
    with warehouse.transaction():
        read_models.derive_scout_payments(warehouse, persons)
        execute_file(warehouse, read_models.REFRESH_PARTNER_CLAIMS, {"persons": persons})
    assert plans.scanned() == set()


def test_the_ledger_is_derived_person_by_person(warehouse: Warehouse, plans: Plans) -> None:
    warehouse.execute("update observational.lead_events set scout_id = 8 where source_pk in ('L100', 'L101')")
    with warehouse.transaction():
        taken = execute_file(warehouse, "pipeline/8_ledger/take_attribution_batch.sql", {"batch_size": 100})
        assert taken["persons"] == 2
        for file in ledger.DERIVING_FILES:
            execute_file(warehouse, file)
    assert plans.scanned() == set()


def test_the_cases_of_a_decision_are_looked_up(warehouse: Warehouse, plans: Plans) -> None:
    with warehouse.transaction():
        refresh_conflicts(warehouse, [str(person) for person in few_persons(warehouse)])
        refresh_case(warehouse, "module_ct_cabinet_leads", "U100")
    assert plans.found
    assert plans.scanned() == set()


def test_whether_a_payment_names_a_person_is_looked_up(warehouse: Warehouse, plans: Plans) -> None:
    warehouse.execute("select set_config('auto_explain.log_nested_statements', 'on', false)")
    nobody, when = "00000000-0000-0000-0000-000000000001", "2026-12-01"
    warehouse.execute(
        "insert into canon.identity_registry (person_key, confidence_level) values (%s, 'HIGH')", [nobody]
    )
    with warehouse.transaction():
        warehouse.execute(f"create temporary table released_persons_this_step as select '{nobody}'::uuid as person_key")
        execute_file(warehouse, "decisions/release_persons.sql", {"decided_at": when, "notes": "nobody is left"})
        warehouse.execute("drop table released_persons_this_step")
    assert any("module_ct_cabinet_payments" in plan["Query Text"] for plan in plans.found)
    assert "module_ct_cabinet_payments" not in {name for name, _ in plans.scanned()}
    left = warehouse.execute("select 1 from canon.identity_registry where person_key = %s", [nobody]).fetchall()
    assert left == []
