"""Which payment is which claim's: rows that get other numbers, and claims of one milestone in two currencies."""

from __future__ import annotations

from datetime import date

from tests.views.conftest import Fleet
from tests.views.test_claim_changes import changes, lost, paid_twenty_five_trips, refresh


def test_a_table_of_payments_loaded_with_new_numbers_changes_nothing(fleet: Fleet) -> None:
    # Night after night the rows get new ids, and once a payment is taken back on the way: it is unpaid, and the 135 PEN
    # without a claim are 35 then.
    person = paid_twenty_five_trips(fleet)
    fleet.claim("D2")
    fleet.payment({1}, driver_id="D2", name="Otro")
    refresh(fleet)
    fleet.event(person, date(2026, 2, 20))
    refresh(fleet)
    listed = lost(fleet)
    assert len(listed) == 2

    for _ in range(2):
        fleet.run("update public.module_ct_cabinet_payments set id = id + 100")
        refresh(fleet)
        assert lost(fleet) == listed
        assert len(fleet.read("canon.partner_payments", "payment_id")) == 2
    fleet.run("update public.module_ct_cabinet_payments set id = id + 100, trip_25 = false, trip_1 = trip_25")
    refresh(fleet)
    assert lost(fleet) == listed[:1]
    assert [row["yango_payment_status"] for row in fleet.read("ops.v_yango_collection_list", "driver_id")] == [
        "PAID",
        "UNPAID",
    ]


def test_rows_of_payments_that_shift_are_the_same_payments(fleet: Fleet) -> None:
    # Each row takes the number of the one before, as when a sheet is loaded again without its first row.
    fleet.payment(set(), driver_id="D9", name="Nadie Mas")
    person = paid_twenty_five_trips(fleet)
    fleet.claim("D2")
    fleet.payment({1}, driver_id="D2", name="Otro Nombre")
    refresh(fleet)
    fleet.event(person, date(2026, 2, 20))
    refresh(fleet)
    listed = lost(fleet)
    (first,) = fleet.connection.execute("select min(id) from public.module_ct_cabinet_payments").fetchone() or (0,)

    fleet.run("delete from public.module_ct_cabinet_payments where id = %s", first)
    for number in (first + 1, first + 2):
        fleet.run("update public.module_ct_cabinet_payments set id = id - 1 where id = %s", number)
    refresh(fleet)

    assert lost(fleet) == listed
    assert len(fleet.read("canon.partner_payments", "payment_id")) == 2
    fleet.run("update public.module_ct_cabinet_payments set trip_1 = false where driver_id = 'D2'")
    refresh(fleet)
    assert lost(fleet) == listed
    statuses = [row["yango_payment_status"] for row in fleet.read("ops.v_yango_collection_list", "driver_id")]
    assert statuses == ["PAID", "UNPAID"]


def test_claims_of_one_milestone_in_two_currencies_are_two_and_a_payment_pays_the_usual_one(fleet: Fleet) -> None:
    # 1 trip is worth 25 PEN and 20,000 COP; the country is Peru: the payment pays the 25 PEN, the 20,000 COP stay open.
    key = "partner_payment_rules_origin_tag_window_days_milestone_trip_key"
    fleet.run(f"alter table ops.partner_payment_rules drop constraint if exists {key}")
    fleet.run(
        "insert into ops.partner_payment_rules (origin_tag, window_days, milestone_trips, amount, currency, valid_from)"
        " values ('cabinet', 14, 1, 20000, 'COP', '2025-11-01')"
    )
    fleet.claim("D1")
    fleet.payment({1}, driver_id="D1")
    refresh(fleet)

    rows = fleet.read("ops.v_yango_collection_list", "currency")
    found = [(row["currency"], row["expected_amount"], row["yango_payment_status"]) for row in rows]
    assert found == [("COP", 20_000, "UNPAID"), ("PEN", 25, "PAID")]

    fleet.run("update ops.partner_payment_rules set is_active = false where currency = 'PEN'")
    refresh(fleet)
    assert changes(fleet) == [(1, "DISAPPEARED", "RULE_GONE")]
    rows = fleet.read("ops.v_yango_collection_list", "currency")
    assert [(row["currency"], row["yango_payment_status"]) for row in rows] == [("COP", "PAID")]
    assert lost(fleet) == [], "the payment pays the other claim now"
