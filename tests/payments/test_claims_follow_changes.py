"""The claims that runs keep up to date by what changed equal the views that derive all of them."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import Any

import psycopg
import pytest

from devtools.demo.fleet import FleetSize, build_fleet
from devtools.demo.load import load_fleet
from tests.identity.sources import lead
from tests.pipeline import attribute, ingest

Warehouse = psycopg.Connection[Any]
SIZE = FleetSize(160, 130, 60, 20, trip_days=30)
DERIVED = {
    "ops.mv_yango_cabinet_claims_for_collection": "ops.v_yango_cabinet_claims_for_collection",
    "ops.mv_cabinet_financial_14d": "ops.v_cabinet_financial_14d",
    "ops.v_yango_collection_list": "ops.v_yango_collection_with_scout",
}
"""What is kept, and the view that derives it."""


def run(warehouse: Warehouse) -> None:
    warehouse.execute("select pg_stat_force_next_flush()")
    ingest()
    attribute()


def first_runs(warehouse: Warehouse) -> int:
    load_fleet(warehouse, build_fleet(SIZE, seed=11), report=lambda _: None)
    # half of the payments name their driver in no other way, some by a name that two drivers have
    warehouse.execute(
        "update public.module_ct_cabinet_payments set driver_id = null, person_key = null where id % 2 = 0"
    )
    run(warehouse)
    return 0


@pytest.fixture(scope="module")
def after_first_runs(told: Callable[[Callable[[Warehouse], Any]], tuple[str, Any]]) -> str:
    """Name of a database with claims, payments and scouts."""
    return told(first_runs)[0]


@pytest.fixture
def beginning(after_first_runs: str) -> str:
    """Name of that database."""
    return after_first_runs


@pytest.fixture
def kept(warehouse: Warehouse) -> Warehouse:
    """That database after one more run: to a copy the server has counted nothing, so that its first derives all."""
    run(warehouse)
    return warehouse


def count(warehouse: Warehouse, view: str) -> int:
    (found,) = warehouse.execute(f"select count(*) from {view}").fetchone() or (0,)  # type: ignore[arg-type]
    return int(found)


def assert_kept_is_derived(warehouse: Warehouse, after: str) -> None:
    for kept, derived in DERIVED.items():
        for one, other in ((kept, derived), (derived, kept)):
            query = f"select * from {one} except all select * from {other}"
            found = warehouse.execute(query.encode()).fetchall()
            assert not found, f"{one} and not {other} after {after}"


def derived_persons(warehouse: Warehouse) -> list[int | None]:
    """Of how many persons the last two runs derived claims that differed; 0: of all; None: nothing differed."""
    found = warehouse.execute(
        "select (detail ->> 'persons')::int from ops.run_steps where step = 'refresh_materialised_views'"
        " order by run_id desc limit 2"
    )
    return [row[0] for row in found]


PICK = "(select {key} from public.{table} order by md5({key}::text || '{salt}') limit {count})"


def pick(table: str, key: str, salt: str, count: int) -> str:
    return PICK.format(table=table, key=key, salt=salt, count=count)


def changes(rng: random.Random) -> Sequence[tuple[str, str]]:
    """Changes of every kind, each a name and a statement."""
    salt, count = str(rng.random()), rng.randint(4, 12)
    drivers, payments = (
        pick("drivers", "driver_id", salt, count),
        pick("module_ct_cabinet_payments", "id", salt, count),
    )
    linked = (
        "(select source_pk from canon.identity_links where source_table = 'drivers'"
        f" order by md5(source_pk || '{salt}')"
    )
    return (
        ("other names", f"update public.drivers set full_name = full_name || ' Zeta' where driver_id in {drivers}"),
        (
            "a name of another",
            (
                "update public.drivers set full_name ="
                " (select other.full_name from public.drivers as other"
                f" order by md5(other.driver_id || '{salt}') limit 1)"
                f" where driver_id in {pick('drivers', 'driver_id', salt + 'x', 2)}"
            ),
        ),
        ("another spelling", f"update public.drivers set full_name = upper(full_name) where driver_id in {drivers}"),
        (
            "other phones",
            f"update public.drivers set phone = '9' || substr(md5(driver_id), 1, 8) where driver_id in {drivers}",
        ),
        (
            "new trips",
            (
                "insert into public.summary_daily (driver_id, date_file, count_orders_completed, sum_work_time_seconds)"
                " select driver_id, to_char(hire_date + 3, 'DD-MM-YYYY'), 6, 3600 from public.drivers"
                f" where driver_id in {drivers}"
            ),
        ),
        (
            "trips taken back",
            (
                "delete from public.summary_daily where ctid in"
                f" (select ctid from public.summary_daily order by md5(ctid::text || '{salt}') limit {count})"
            ),
        ),
        (
            "payments",
            (
                "insert into public.module_ct_cabinet_payments (date, time, driver, trip_1, trip_5, trip_25, driver_id)"
                " select current_date, '10:00', full_name, true, driver_id < 'm', false,"
                " case when md5(driver_id) < '8' then driver_id end from public.drivers"
                f" where driver_id in {drivers}"
            ),
        ),
        ("payments undone", f"update public.module_ct_cabinet_payments set trip_1 = false where id in {payments}"),
        ("payments gone", f"delete from public.module_ct_cabinet_payments where id in {payments}"),
        (
            "payments of nobody",
            f"update public.module_ct_cabinet_payments set driver_id = null, driver = 'Nadie' where id in {payments}",
        ),
        (
            "other days of payments",
            f"update public.module_ct_cabinet_payments set date = date - 9 where id in {payments}",
        ),
        (
            "payments that only the ledger knows",
            (
                "insert into ops.yango_payment_status_ledger (source_table, source_pk, pay_date, raw_driver_name,"
                " driver_name_normalized, milestone_type, milestone_value, is_paid, driver_id, match_rule,"
                " match_confidence, payment_key, state_hash, snapshot_at, paid_flag_source)"
                f" select 'elsewhere', '{salt}' || driver_id, current_date, full_name, lower(full_name), 'trips', 5,"
                " true, case when md5(driver_id) < '8' then driver_id end, 'none', 'unknown', md5(driver_id), md5('t'),"
                " now(), 'trip_5'"
                f" from public.drivers where driver_id in {drivers}"
            ),
        ),
        (
            "new accounts with the names of others",
            (
                "insert into public.drivers (driver_id, full_name, phone, hire_date)"
                f" select 'n' || md5(driver_id || '{salt}'), full_name, phone, hire_date from public.drivers"
                f" where driver_id in {drivers}"
            ),
        ),
        (
            "another migration of a person",
            (
                "insert into observational.lead_events (source_table, source_pk, event_date, person_key, scout_id,"
                " payload_json) select 'module_ct_migrations', 'm' || id, event_date - 1, person_key, 7,"
                ' \'{"origin_tag": "fleet_migration"}\' from observational.lead_events'
                f" order by md5(id::text || '{salt}') limit 3"
            ),
        ),
        (
            "dates of leads",
            (
                "update public.module_ct_cabinet_leads set lead_created_at = lead_created_at - interval '2 days'"
                f" where id in {pick('module_ct_cabinet_leads', 'id', salt, count)}"
            ),
        ),
        (
            "gone leads",
            f"delete from public.module_ct_cabinet_leads where id in {pick('module_ct_cabinet_leads', 'id', salt, 1)}",
        ),
        (
            "quarantine",
            (
                "insert into canon.driver_orphan_quarantine (driver_id, detected_reason, status)"
                f" select source_pk, 'manual_detection', 'quarantined' from {linked} limit {count}) as found"
                " on conflict (driver_id) do update set status = case driver_orphan_quarantine.status"
                " when 'quarantined' then 'resolved_relinked'::orphan_status else 'quarantined'::orphan_status end"
            ),
        ),
        (
            "accounts of another person",
            (
                "update canon.identity_links set person_key = (select person_key from canon.identity_links"
                f" where source_table = 'drivers' order by md5(source_pk || '{salt}y') limit 1)"
                f" where source_table = 'drivers' and source_pk in {linked} limit 1)"
            ),
        ),
        (
            "lost accounts",
            f"delete from canon.identity_links where source_table = 'drivers' and source_pk in {linked} limit 1)",
        ),
        (
            "other scouts",
            (
                "update observational.lead_events set scout_id = 1 + scout_id % 5 where id in"
                " (select id from observational.lead_events where scout_id > 0"
                f" order by md5(id::text || '{salt}') limit 3)"
            ),
        ),
    )


@pytest.mark.parametrize("seed", [1, 2])
def test_random_changes_leave_what_is_kept_equal_to_what_is_derived(kept: Warehouse, seed: int) -> None:
    assert_kept_is_derived(kept, "the first runs")
    assert count(kept, "ops.mv_yango_cabinet_claims_for_collection") > 20
    assert count(kept, "ops.mv_cabinet_financial_14d") > 50
    rng = random.Random(seed)
    order = [name for name, _ in changes(rng)]
    rng.shuffle(order)
    for start in range(0, len(order), 4):
        together = order[start : start + 4]
        for name in together:
            kept.execute(dict(changes(rng))[name].encode())
        run(kept)
        assert_kept_is_derived(kept, " and ".join(together))


def test_a_payment_by_a_name_that_two_drivers_had_is_paid_when_one_of_them_is_gone(kept: Warehouse) -> None:
    for driver in ("first", "second"):
        kept.execute(
            "insert into public.drivers (driver_id, full_name, phone, hire_date)"
            " values (%s, 'Zenobia Zuazo Zegarra', %s, '2026-03-02')",
            [driver, "911000001" if driver == "first" else "911000002"],
        )
    lead(kept, "zz", "Zenobia Zuazo Zegarra", park_phone="911000001", lead_created_at="2026-03-02 10:00")
    kept.execute(
        "insert into public.summary_daily (driver_id, date_file, count_orders_completed, sum_work_time_seconds)"
        " values ('first', '03-03-2026', 2, 3600)"
    )
    kept.execute(
        "insert into public.module_ct_cabinet_payments (date, time, driver, trip_1, trip_5, trip_25)"
        " values ('2026-04-01', '10:00', 'Zegarra Zuazo Zenobia', true, false, false)"
    )
    claim = "select yango_payment_status from ops.mv_yango_cabinet_claims_for_collection where driver_id = 'first'"
    run(kept)
    assert kept.execute(claim.encode()).fetchall() == [("UNPAID",)]
    kept.execute("delete from public.drivers where driver_id = 'second'")
    run(kept)
    assert kept.execute(claim.encode()).fetchall() == [("PAID",)]
    assert_kept_is_derived(kept, "a driver that is gone")


def test_payments_that_no_counter_shows_are_read_on_the_next_day(kept: Warehouse) -> None:
    kept.execute("update public.module_ct_cabinet_payments set trip_1 = false")
    kept.execute("select pg_stat_force_next_flush()")
    kept.execute(
        "update canon.read_model_refreshes set payments_seen = canon.writes_seen("
        "'ops.v_yango_payments_ledger_latest'::regclass) where read_model = 'cabinet_claims'"
    )
    paid = "canon.cabinet_claims where yango_payment_status = 'PAID' and milestone_value = 1"
    before = count(kept, paid)
    ingest()
    assert count(kept, paid) == before > 0
    kept.execute("update canon.read_model_refreshes set refreshed_at = refreshed_at - interval '24 hours'")
    ingest()
    assert count(kept, paid) == 0
    attribute()
    assert_kept_is_derived(kept, "payments that no counter showed")


def test_a_driver_whose_name_changed_is_the_only_person_that_is_derived(kept: Warehouse) -> None:
    kept.execute(
        "update public.drivers set full_name = 'Zenobia Zuazo Zegarra' where driver_id ="
        " (select min(driver_id) from ops.mv_yango_cabinet_claims_for_collection)"
    )
    run(kept)
    assert derived_persons(kept) == [None, 1]
    assert count(kept, "ops.v_yango_collection_list where driver_name = 'Zenobia Zuazo Zegarra'") >= 1
    assert_kept_is_derived(kept, "another name")


def test_a_changed_rule_derives_all_and_a_run_that_evaluates_everything_mends_what_was_written_by_hand(
    kept: Warehouse,
) -> None:
    kept.execute("update ops.partner_payment_rules set amount = amount + 1")
    run(kept)
    assert derived_persons(kept) == [None, 0]
    assert_kept_is_derived(kept, "another rule")

    kept.execute("update canon.cabinet_claims set expected_amount = 9999")
    ingest(incremental=False)
    assert derived_persons(kept)[0] == 0
    attribute()
    assert_kept_is_derived(kept, "a run that evaluates everything")


def test_who_writes_during_the_first_refresh_does_not_wait_and_is_not_lost(kept: Warehouse, server: Any) -> None:
    kept.execute("delete from canon.read_model_refreshes where read_model = 'cabinet_claims'")
    with psycopg.connect(server.uri(kept.info.dbname)) as writer:
        done = writer.execute(
            "update observational.lead_events set event_date = event_date - 3"
            " where source_table = 'module_ct_cabinet_leads' and person_key is not null"
        )
        assert done.rowcount > 20
        attribute()
    found = kept.execute("select settings from canon.read_model_refreshes where read_model = 'cabinet_claims'")
    assert found.fetchone() == (None,), "all claims are derived once more"

    attribute()
    assert_kept_is_derived(kept, "a change that was committed after the first refresh")
    assert count(kept, "ops.v_kept_claim_differences") == 0
    attribute()
    assert derived_persons(kept)[0] is None
