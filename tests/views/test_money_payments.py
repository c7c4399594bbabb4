"""Stories of payments and claims: what was paid, for whom, and how late the rest is."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from control_tower import runs
from tests.pipeline import run_step
from tests.views.conftest import Fleet, Row

CLAIMS = "ops.v_claims_payment_status_cabinet"
COLLECTION = "ops.v_yango_cabinet_claims_for_collection"
LATEST = "ops.v_yango_payments_ledger_latest"
ENRICHED = "ops.v_yango_payments_ledger_latest_enriched"


def today(fleet: Fleet) -> date:
    (row,) = fleet.read("canon.local_today", "today")
    day: date = row["today"]
    return day


def reasons(fleet: Fleet) -> dict[int, tuple[str, str]]:
    return {
        row["milestone_value"]: (row["yango_payment_status"], row["reason_code"])
        for row in fleet.read(COLLECTION, "milestone_value")
    }


def snapshot(fleet: Fleet, number: int, is_paid: bool, *, driver_id: str | None = "D1") -> None:
    """A state in the ledger, `number` hours after the first; the key allows each state once."""
    fleet.run(
        "insert into ops.yango_payment_status_ledger (snapshot_at, source_pk, raw_driver_name, driver_name_normalized, "
        "milestone_value, is_paid, paid_flag_source, driver_id, match_rule, match_confidence, payment_key, state_hash) "
        "values (timestamptz '2026-04-01' + make_interval(hours => %s), '900', 'X Y', 'x y', 1, %s, 'trip_1', %s, "
        "'driver_id_direct', 'high', 'key', md5(%s || random()::text))",
        number, is_paid, driver_id, str(is_paid),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("overdue", "bucket", "collection_bucket", "priority"),
    [
        (-1, "0_not_due", "0_not_due", "P2_not_due"), (0, "0_not_due", "0_not_due", "P2_not_due"),
        (1, "1_1_7", "1_1_7", "P2_not_due"), (7, "1_1_7", "1_1_7", "P2_not_due"),
        (8, "2_8_14", "2_8_14", "P1_watch"), (14, "2_8_14", "2_8_14", "P1_watch"),
        (15, "3_15_30", "3_15_30", "P0_collect_now"), (30, "3_15_30", "3_15_30", "P0_collect_now"),
        (31, "4_31_60", "4_30_plus", "P0_collect_now"), (60, "4_31_60", "4_30_plus", "P0_collect_now"),
        (61, "5_60_plus", "4_30_plus", "P0_collect_now"),
    ],
)  # fmt: skip
def test_a_claim_falls_due_fourteen_days_after_the_lead_and_ages_in_buckets(
    fleet: Fleet, overdue: int, bucket: str, collection_bucket: str, priority: str
) -> None:
    lead = today(fleet) - timedelta(14 + overdue)
    fleet.run("update ops.partner_payment_rules set valid_from = '2020-01-01'")
    fleet.claim("D1", lead=lead)

    (claim,) = fleet.read(CLAIMS, "driver_id")
    (collected,) = fleet.read(COLLECTION, "driver_id")

    assert claim["due_date"].date() == collected["yango_due_date"].date() == lead + timedelta(14)
    assert claim["days_overdue"] == collected["days_overdue_yango"] == max(0, overdue)
    assert (claim["bucket_overdue"], collected["overdue_bucket_yango"]) == (bucket, collection_bucket)
    assert claim["action_priority"] == priority


def test_today_is_that_of_the_settings_whatever_the_session_thinks(fleet: Fleet) -> None:
    days = set()
    for zone in ("Pacific/Kiritimati", "Pacific/Pago_Pago"):
        fleet.run(f"set timezone = '{zone}'")
        days.add(today(fleet))
    assert len(days) == 1


def test_a_payment_pays_the_claim_of_its_milestone(fleet: Fleet) -> None:
    fleet.claim("D1", 5)
    payment = fleet.payment({1}, driver_id="D1")

    assert reasons(fleet) == {1: ("PAID", "paid"), 5: ("UNPAID", "no_payment_found")}
    paid, unpaid = fleet.read(CLAIMS, "milestone_value")
    assert (paid["paid_flag"], paid["paid_date"], paid["action_priority"]) == (
        True,
        date(2026, 4, 1),
        "P0_confirmed_paid",
    )
    assert (unpaid["paid_flag"], unpaid["payment_key"], unpaid["payment_status"]) == (False, None, "not_paid")
    (financial,) = fleet.read("ops.v_cabinet_financial_14d", "driver_id")
    assert [financial[f"{kind}_yango"] for kind in ("expected_total", "total_paid", "amount_due")] == [60, 25, 35]
    assert (financial["iso_week"], financial["week_start"]) == ("2026-W10", date(2026, 3, 2))

    fleet.run("update public.module_ct_cabinet_payments set trip_5 = true where id = %s", payment)
    assert reasons(fleet)[5] == ("PAID", "paid")


def test_a_payment_of_a_milestone_that_was_not_reached_is_misapplied(fleet: Fleet) -> None:
    fleet.claim("D1", 5)
    fleet.payment({1, 25}, driver_id="D1")

    assert reasons(fleet) == {1: ("PAID", "paid"), 5: ("PAID_MISAPPLIED", "payment_found_other_milestone")}
    (_, misapplied) = fleet.read(COLLECTION, "milestone_value")
    assert misapplied["payment_key"] is not None
    assert misapplied["is_reconcilable_enriched"] is True


def test_a_payment_that_names_only_the_person_is_left_to_a_human(fleet: Fleet) -> None:
    fleet.payment({1}, person=fleet.claim("D1"))

    assert reasons(fleet) == {1: ("UNPAID", "payment_found_person_key_only")}


def test_a_payment_to_another_account_of_the_person_pays(fleet: Fleet) -> None:
    fleet.event(fleet.person("A", "B"))
    fleet.trips("A", 0, 1)
    fleet.payment({1}, driver_id="B")

    assert reasons(fleet) == {1: ("PAID", "paid")}


def test_two_payments_of_one_milestone_are_one_claim(fleet: Fleet) -> None:
    fleet.claim("D1")
    for _ in range(2):
        fleet.payment({1}, driver_id="D1")

    assert reasons(fleet) == {1: ("PAID", "paid")}


def test_the_source_has_the_last_word_when_a_payment_flips(fleet: Fleet) -> None:
    fleet.claim("D1")
    payment = fleet.payment(set(), driver_id="D1")
    seen = []
    for is_paid in (True, False, True):
        fleet.run("update public.module_ct_cabinet_payments set trip_1 = %s where id = %s", is_paid, payment)
        # as the program does that writes the ledger: a state that is known already is not written again
        fleet.run(
            "insert into ops.yango_payment_status_ledger (source_pk, raw_driver_name, driver_name_normalized, "
            "milestone_value, is_paid, paid_flag_source, payment_key, state_hash) select source_pk::text, "
            "raw_driver_name, driver_name_normalized, milestone_value, is_paid, paid_flag_source, payment_key, "
            "state_hash from ops.v_yango_payments_raw_current on conflict do nothing"
        )
        seen.append(reasons(fleet)[1][0])

    assert seen == ["PAID", "UNPAID", "PAID"]
    assert len(fleet.read(LATEST, "payment_key")) == 3, "one row per milestone of the payment"


def test_of_a_payment_that_left_the_source_the_latest_state_in_the_ledger_wins(fleet: Fleet) -> None:
    fleet.claim("D1")
    seen = []
    for number, is_paid in enumerate((True, False, True)):
        snapshot(fleet, number, is_paid)
        seen.append(reasons(fleet)[1][0])
    snapshot(fleet, -5, False)  # written last, but older

    assert seen == ["PAID", "UNPAID", "PAID"]
    assert reasons(fleet)[1][0] == "PAID"
    assert len(fleet.read(LATEST, "payment_key")) == 1


def record(fleet: Fleet) -> None:
    """The step that keeps what the source says of each payment."""
    run_id = runs.open_run("scout_attribution_refresh")
    run_step("scout_attribution_refresh", "record_partner_payments", run_id)
    fleet.run("update ops.ingestion_runs set status = 'COMPLETED', completed_at = now() where id = %s", run_id)


@pytest.mark.parametrize("has_ledger", [True, False])
@pytest.mark.parametrize(("states", "last"), [((True, False, True), "PAID"), ((False, True, False), "UNPAID")])
def test_what_the_source_said_last_holds_when_its_row_goes(
    fleet: Fleet, states: tuple[bool, ...], last: str, has_ledger: bool
) -> None:
    # 1 trip: 25 PEN. The ledger has each state once, so that its newest is the second of the three.
    fleet.claim("D1")
    payment = fleet.payment(set(), driver_id="D1")
    for number, is_paid in enumerate(states):
        fleet.run("update public.module_ct_cabinet_payments set trip_1 = %s where id = %s", is_paid, payment)
        if has_ledger and number < 2:
            snapshot(fleet, number, is_paid)
            fleet.run("update ops.yango_payment_status_ledger set source_pk = %s", str(payment))
        record(fleet)
    assert reasons(fleet)[1][0] == last

    fleet.run("delete from public.module_ct_cabinet_payments")

    assert reasons(fleet)[1][0] == last
    for _ in range(2):
        record(fleet)
        assert reasons(fleet)[1][0] == last
    rows = fleet.read(LATEST, "milestone_value")
    assert [(row["milestone_value"], row["is_paid"]) for row in rows] == [(1, last == "PAID"), (5, False), (25, False)]


def test_what_the_source_says_is_written_once(fleet: Fleet) -> None:
    fleet.payment({1}, driver_id="D1")
    record(fleet)
    seen = "select xmin::text, * from canon.partner_payments"
    before = fleet.connection.execute(seen).fetchall()
    record(fleet)
    assert fleet.connection.execute(seen).fetchall() == before


def test_a_payment_whose_name_fits_several_persons_shows_at_their_claims(fleet: Fleet) -> None:
    # Two persons of one name, 1 trip each: 25 PEN each, none paid. The claim of another name knows nothing of it.
    for driver_id in ("D1", "D2", "D3"):
        fleet.claim(driver_id)
    fleet.run("update public.drivers set full_name = 'Ana Rojas Quispe' where driver_id <> 'D3'")
    fleet.payment({1}, name="Quispe Rojas Ana")

    (payment, *_) = fleet.read(ENRICHED, "milestone_value")
    assert (payment["identity_status"], payment["candidate_driver_ids"]) == ("ambiguous", ["D1", "D2"])
    first, second, other = fleet.read(COLLECTION, "driver_id")
    for claim in (first, second):
        assert (claim["identity_status"], claim["match_rule"], claim["match_confidence"]) == (
            "ambiguous",
            "ambiguous",
            "low",
        )
        assert (claim["payment_key"], claim["pay_date"]) == (payment["payment_key"], date(2026, 4, 1))
        assert (claim["yango_payment_status"], claim["reason_code"]) == ("UNPAID", "no_payment_found")
        assert (claim["candidate_driver_ids"], claim["payment_keys"]) == (["D1", "D2"], None)
        assert claim["is_reconcilable_enriched"] is False
    assert (other["identity_status"], other["payment_key"], other["candidate_driver_ids"]) == ("no_match", None, None)
    assert [row["paid_flag"] for row in fleet.read(CLAIMS, "driver_id")] == [False, False, False]


def test_a_claim_with_a_payment_of_its_own_is_not_ambiguous(fleet: Fleet) -> None:
    for driver_id in ("D1", "D2"):
        fleet.claim(driver_id, 5)
    fleet.run("update public.drivers set full_name = 'Ana Rojas Quispe'")
    fleet.payment({1}, driver_id="D1")
    fleet.payment({1}, name="Quispe Rojas Ana")

    found = {
        (row["driver_id"], row["milestone_value"]): row["identity_status"]
        for row in fleet.read(COLLECTION, "driver_id")
    }
    assert found == {("D1", 1): "confirmed", ("D1", 5): "no_match", ("D2", 1): "ambiguous", ("D2", 5): "no_match"}


def test_what_the_ledger_found_out_about_the_driver_is_kept(fleet: Fleet) -> None:
    fleet.claim("D1")
    payment = fleet.payment({1}, name="X Y")
    snapshot(fleet, 1, False)
    fleet.run("update ops.yango_payment_status_ledger set source_pk = %s", str(payment))

    rows = {row["milestone_value"]: row for row in fleet.read(LATEST, "milestone_value")}

    assert (rows[1]["is_paid"], rows[1]["driver_id"], rows[1]["payment_key"]) == (True, "D1", "key")
    assert reasons(fleet) == {1: ("PAID", "paid")}


@pytest.mark.parametrize(
    ("written", "status", "driver"),
    [
        ("ROJAS QUISPE, d1", "enriched", "D1"),
        ("quispe  rójas D1", "enriched", "D1"),
        ("Quispe Rojas", "no_match", None),
        ("Mamani Condori", "ambiguous", None),
        ("S/N", "no_match", None),
    ],
)
def test_a_payment_by_name_belongs_to_the_only_person_of_that_name(
    fleet: Fleet, written: str, status: str, driver: str | None
) -> None:
    fleet.claim("D1")
    fleet.run("update public.drivers set full_name = 'Quispe Rojas Deuno' where driver_id = 'D1'")
    for driver_id in ("E1", "E2"):
        fleet.run("insert into public.drivers (driver_id, full_name) values (%s, 'Condori Mamani')", driver_id)
    fleet.payment({1}, name=written.replace("d1", "deuno").replace("D1", "Deuno"))

    row: Row = fleet.read(ENRICHED, "milestone_value")[0]

    assert (row["identity_status"], row["driver_id_final"]) == (status, driver)
    assert row["match_rule"] == {"enriched": "name_unique"}.get(status, status)
    assert row["match_confidence"] == ("medium" if status == "enriched" else "low")
    assert reasons(fleet)[1][0] == ("PAID" if driver else "UNPAID")


def test_two_accounts_of_one_person_are_no_ambiguity(fleet: Fleet) -> None:
    fleet.event(fleet.person("A", "B"))
    fleet.trips("A", 0, 1)
    fleet.run("update public.drivers set full_name = 'Quispe Rojas Ana'")
    fleet.payment({1}, name="Ana Quispe Rojas")

    assert reasons(fleet) == {1: ("PAID", "paid")}


def test_a_database_whose_payments_have_neither_driver_nor_person_is_served_too(empty_database) -> None:
    from control_tower.migrate import migrate

    empty_database.query(
        "create table public.module_ct_cabinet_payments (id int, date date, time time, scout_id int, "
        "driver text, trip_1 boolean, trip_5 boolean, trip_25 boolean, created_at timestamp)"
    )
    migrate(empty_database)
    empty_database.query("insert into public.module_ct_cabinet_payments values (1, null, null, 1, 'A B', true, null)")

    rows = empty_database.query(f"select milestone_value, is_paid, driver_id_final from {ENRICHED} order by 1")
    assert rows == [(1, True, None), (5, False, None), (25, False, None)]
