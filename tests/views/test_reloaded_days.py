"""Stories of days that were loaded more than once: the newest version counts, and the others are counted in health."""

from __future__ import annotations

import pytest

from tests.views.conftest import Fleet

DAY = ("02-03-2026", "2026-03-02", "2-3-2026", "\u00a02026-3-2 ")
"""`LEAD` in four notations."""


def loaded(fleet: Fleet, date_file: str, trips: int, created_at: str | None, driver_id: str = "D1") -> None:
    fleet.run(
        "insert into public.summary_daily (driver_id, date_file, count_orders_completed, sum_work_time_seconds, "
        "created_at) values (%s, %s, %s, 60, %s)",
        driver_id, date_file, trips, created_at,
    )  # fmt: skip


def trips(fleet: Fleet) -> int:
    (row,) = fleet.read("observational.v_conversion_metrics", "person_key")
    count: int = row["trips_14d"]
    return count


def duplicates(fleet: Fleet) -> int:
    counts = {
        row["source_name"]: row["duplicate_count"] for row in fleet.read("ops.v_data_health_status", "source_name")
    }
    assert counts == {
        row["source_name"]: row["duplicate_count"] for row in fleet.read("ops.v_data_freshness_status", "source_name")
    }
    assert not any(count for name, count in counts.items() if name != "summary_daily")
    count: int = counts["summary_daily"]
    return count


def settle_on(fleet: Fleet, are_parts: bool) -> None:
    """A run with this setting."""
    fleet.run(
        "insert into ops.ingestion_runs (job_type, status, started_at, parameters) values ('identity_run', "
        "'COMPLETED', now(), jsonb_build_object('trip_days_come_in_parts', %s::boolean))",
        are_parts,
    )


# 3 trips, then 4, then 4 in the other notation: 4. Without the rule the day would have 11, and the milestone of 5.
@pytest.mark.parametrize(
    "versions",
    [
        [(DAY[0], 3, "2026-03-03"), (DAY[0], 4, "2026-03-04"), (DAY[1], 4, "2026-03-05")],
        [(DAY[1], 4, "2026-03-05"), (DAY[2], 3, "2026-03-03"), (DAY[3], 9, None)],
        [(DAY[0], 3, None), (DAY[3], 9, None), (DAY[1], 4, None)],
        [(DAY[0], 9, "2026-03-05"), (DAY[0], 3, "2026-03-05"), (DAY[2], 4, "2026-03-05")],
    ],
    ids=["as told", "loaded in another order", "no stamps: the later transaction", "one stamp"],
)
def test_a_day_loaded_again_counts_once_in_whatever_notation(
    fleet: Fleet, versions: list[tuple[str, int, str | None]]
) -> None:
    fleet.event(fleet.person("D1"), scout=7)
    for version in versions:
        loaded(fleet, *version)

    assert trips(fleet) == 4
    assert [row["milestone_value"] for row in fleet.read("ops.v_claims_payment_status_cabinet", "driver_id")] == [1]
    (base,) = fleet.read("ops.v_scout_payment_base", "person_key")
    assert base["amount_payable"] == 20
    assert duplicates(fleet) == 2


def test_of_rows_of_one_transaction_and_stamp_the_last_counts(fleet: Fleet) -> None:
    fleet.event(fleet.person("D1"))
    with fleet.connection.transaction():
        for count in (9, 8, 4):
            loaded(fleet, DAY[0], count, "2026-03-03")

    assert trips(fleet) == 4


def test_a_milestone_of_any_size_counts_the_newest_version_too(fleet: Fleet) -> None:
    fleet.run("delete from ops.partner_payment_rules")
    fleet.run(
        "insert into ops.partner_payment_rules (origin_tag, window_days, milestone_trips, amount, valid_from) "
        "values ('cabinet', 3, 4, 1, '2025-11-01')"
    )
    fleet.event(fleet.person("D1", "D2"))
    loaded(fleet, DAY[0], 9, "2026-03-03")
    loaded(fleet, DAY[1], 1, "2026-03-04")
    loaded(fleet, DAY[0], 2, "2026-03-04", "D2")
    loaded(fleet, "03-03-2026", 1, "2026-03-04", "D2")

    (row,) = [row for row in fleet.read("ops.v_payment_calculation", "rule_id") if row["rule_scope"] == "partner"]

    assert (row["achieved_trips_in_window"], row["achieved_date"].day) == (4, 3)


def test_the_days_of_two_accounts_are_no_versions_of_each_other(fleet: Fleet) -> None:
    fleet.event(fleet.person("D1", "D2"))
    loaded(fleet, DAY[0], 3, "2026-03-03")
    loaded(fleet, DAY[1], 2, "2026-03-04", "D2")

    assert (trips(fleet), duplicates(fleet)) == (5, 0)


def test_parts_of_a_day_are_added_where_a_setting_says_that_they_are_parts(fleet: Fleet) -> None:
    fleet.event(fleet.person("D1"))
    loaded(fleet, DAY[0], 3, "2026-03-03")
    loaded(fleet, DAY[1], 4, "2026-03-03")
    assert (trips(fleet), duplicates(fleet)) == (4, 1)

    settings = "select settings from ops.payment_settings()"
    before = fleet.connection.execute(settings).fetchone()
    settle_on(fleet, True)
    assert (trips(fleet), duplicates(fleet)) == (7, 0)
    assert fleet.connection.execute(settings).fetchone() != before, "all persons are derived anew"

    settle_on(fleet, False)
    assert (trips(fleet), duplicates(fleet)) == (4, 1)


def test_duplicates_of_a_large_source_are_counted_once_when_they_come_and_not_read_again(fleet: Fleet) -> None:
    def check() -> int:
        """As a health check does; what it counted, stored and counted live must agree."""
        fleet.run("select pg_stat_force_next_flush()")
        fleet.run("select 1")
        live = duplicates(fleet)
        fleet.run("select ops.refresh_source_counts()")
        assert duplicates(fleet) == live
        (counted,) = fleet.connection.execute("select ops.refresh_source_counts()").fetchone() or (None,)
        assert counted == 0, "nothing came: nothing is read"
        return live

    fleet.run("update ops.health_settings set live_count_bytes = -1")
    loaded(fleet, DAY[0], 3, "2026-03-03")
    loaded(fleet, "basura", 3, "2026-03-03")
    assert check() == 0
    loaded(fleet, DAY[1], 4, "2026-03-04")
    assert check() == 1
    with fleet.connection.transaction():
        loaded(fleet, DAY[2], 4, "2026-03-05")
        loaded(fleet, DAY[2], 4, "2026-03-05", "D2")
        loaded(fleet, DAY[0], 4, "2026-03-05", "D2")
    assert check() == 3
    loaded(fleet, "03-03-2026", 4, "2026-03-05", "D2")
    assert check() == 3
    fleet.run("delete from public.summary_daily where driver_id = 'D2'")
    assert check() == 2


def test_one_person_or_a_page_of_persons_reads_only_the_trips_of_its_accounts(fleet: Fleet) -> None:
    fleet.run("insert into canon.identity_registry (person_key, confidence_level) "
              "select md5(n::text)::uuid, 'HIGH' from generate_series(1, 400) as n")  # fmt: skip
    fleet.run("insert into canon.identity_links (person_key, source_table, source_pk, snapshot_date, match_rule, "
              "match_score, confidence_level) select md5(n::text)::uuid, 'drivers', 'D' || n, now(), 'DRIVER_MATCH', "
              "100, 'HIGH' from generate_series(1, 400) as n")  # fmt: skip
    fleet.run("insert into observational.lead_events (source_table, source_pk, event_date, person_key, scout_id, "
              "payload_json) select 'module_ct_scouting_daily', n::text, '2026-03-02', md5(n::text)::uuid, 7, "
              "'{\"origin_tag\": \"cabinet\"}' from generate_series(1, 400) as n")  # fmt: skip
    fleet.run("insert into observational.lead_ledger (person_key, attributed_scout_id, attribution_rule, "
              "attribution_score, confidence_level, decision_status) select md5(n::text)::uuid, 7, 'A', 0.95, 'high', "
              "'assigned' from generate_series(1, 400) as n")  # fmt: skip
    fleet.run("insert into public.summary_daily (driver_id, date_file, count_orders_completed) select 'D' || n, "
              "to_char(date '2026-03-02' + d, 'DD-MM-YYYY'), 1 from generate_series(1, 400) as n, "
              "generate_series(0, 99) as d")  # fmt: skip
    fleet.run("delete from canon.attribution_queue")
    for table in ("canon.identity_links", "observational.lead_events", "observational.lead_ledger"):
        fleet.run(f"analyze {table}")
    fleet.run("analyze public.summary_daily")

    for asked in (
        "select * from ops.v_scout_payment_base where person_key = md5('7')::uuid",
        "select * from ops.v_scout_payment_base order by person_key limit 5",
        "select * from ops.v_payment_calculation where person_key = md5('7')::uuid",
        "select * from canon.person_daily_trips where person_key = md5('7')::uuid",
    ):
        plan = "\n".join(row[0] for row in fleet.connection.execute(f"explain {asked}".encode()))
        assert "Index Cond: ((driver_id)::text = " in plan, plan
        assert "Seq Scan on summary_daily" not in plan, plan
