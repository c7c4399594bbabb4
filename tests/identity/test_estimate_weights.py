"""The manual DAG estimate_weights on a fleet whose drivers change their phones more often than shipped weights say."""

from __future__ import annotations

import getpass
from collections.abc import Callable
from datetime import date
from math import isclose
from typing import Any

import psycopg
import pytest

from control_tower import runs
from control_tower.decisions import Author, resolve_unmatched_lead
from control_tower.errors import ChoiceUnclear, NothingToEstimate, ReasonMissing, RunAlreadyActive, WeightsWaiting
from control_tower.weights import Estimate, estimate_weights
from control_tower.weights.levels import Expected, WordCounts, maximise, weights_of
from control_tower.weights.trial import Trial
from devtools.demo.fleet import FleetSize, build_fleet
from devtools.demo.load import load_fleet
from devtools.demo.rates import Rates
from tests.decisions.state import broken_checks, rows
from tests.identity.sources import driver, lead
from tests.pipeline import ingest, load_dag

Warehouse = psycopg.Connection[Any]
Story = Callable[[Callable[[Warehouse], Any]], tuple[str, Any]]
ROSA = Author("rosa")

TABLES = """
select format('%I.%I', schema.nspname, relation.relname)
from pg_class as relation
inner join pg_namespace as schema on schema.oid = relation.relnamespace
where schema.nspname in ('canon', 'observational', 'ops', 'public') and relation.relkind in ('r', 'p', 'm')
order by 1
"""

TRUE_SHARE_OF_OTHER_PHONES = """
select avg((record.phone_norm <> account.phone_norm)::integer)::float8
from canon.records_index as record
inner join demo.truth_records as person using (source_table, source_pk)
inner join demo.truth_drivers as driver using (human_id)
inner join canon.drivers_index as account on account.driver_id = driver.driver_id
where record.phone_norm is not null and account.phone_norm is not null
"""


def changed_phones(warehouse: Warehouse) -> None:
    """A fleet of 3,000 drivers, of whom 30 % have another phone than their lead, after its first run."""
    fleet = build_fleet(
        FleetSize(3_000, trip_days=0), seed=7, as_of=date(2026, 3, 15), country="PE", rates=Rates(changed_phone=0.3)
    )
    load_fleet(warehouse, fleet, report=lambda _: None)
    ingest()


@pytest.fixture(scope="module")
def beginning(told: Story) -> str:
    return told(changed_phones)[0]


def contents(warehouse: Warehouse) -> dict[str, list[Any]]:
    """Every row of every table of ours and of the sources."""
    tables = [table for (table,) in warehouse.execute(TABLES).fetchall()]
    return {
        table: warehouse.execute(f"select t::text from {table} as t order by 1").fetchall()  # type: ignore[arg-type]
        for table in tables
    }


def level(estimate: Estimate, comparison: str, name: str) -> dict[str, Any]:
    (found,) = (row for row in estimate.levels if (row["comparison"], row["level"]) == (comparison, name))
    return found


def shipped_of(warehouse: Warehouse) -> Any:
    return weights_of(rows(warehouse, "select comparison, level, m, u, household from canon.shipped_match_weights"))


def test_it_sees_that_phones_change(warehouse: Warehouse, figure: Callable[[str], None]) -> None:
    estimate = estimate_weights("try", author=ROSA)
    ((truth,),) = warehouse.execute(TRUE_SHARE_OF_OTHER_PHONES).fetchall()
    differs, equal = level(estimate, "phone", "differs"), level(estimate, "phone", "equal")
    shipped = shipped_of(warehouse)
    assert shipped["phone", "differs"].m < differs["m"] < truth + 0.02
    assert differs["bits_after"] > differs["bits_before"] + 0.3, "it speaks less against a person"
    assert equal["m"] < shipped["phone", "equal"].m
    figure(f"phone differs: shipped {shipped['phone', 'differs'].m}, estimated {differs['m']:.3f}, true {truth:.3f}")
    assert estimate.iterations < 12, "it converges"


def test_a_dry_run_leaves_no_trace(warehouse: Warehouse) -> None:
    before = contents(warehouse)
    assert sum(map(len, before.values())) > 10_000
    first, second = (estimate_weights("try", author=ROSA) for _ in range(2))
    assert contents(warehouse) == before
    assert first == second, "the same figures, whenever it is asked"
    assert (first.version, first.dry_run) == (None, True)


def test_the_next_run_takes_a_version_up_and_evaluates_every_record(warehouse: Warehouse) -> None:
    expected = estimate_weights("try", author=ROSA)
    working = rows(warehouse, "select * from canon.decisions_this_run order by source_table, source_pk")
    written = estimate_weights("half a year", author=Author("rosa", "manual__1"), dry_run=False)
    assert (written.links, written.levels, written.examples) == (expected.links, expected.levels, expected.examples)
    assert rows(warehouse, "select * from canon.decisions_this_run order by source_table, source_pk") == working
    (version,) = rows(warehouse, "select * from canon.weights_versions")
    assert (version["version"], version["run_id"]) == (written.version, None), "it waits"
    assert (version["created_by"], version["reason"]) == ("rosa", "half a year")
    found = level(written, "phone", "differs")
    assert version["weights"]["phone"]["differs"] == {"m": found["m"], "u": found["u"]}
    (decision,) = rows(warehouse, "select * from ops.human_decisions")
    assert (decision["kind"], decision["decided_by"], decision["reason"]) == ("estimate_weights", "rosa", "half a year")
    assert decision["after"]["weights"] == {"version": written.version, "weights": version["weights"]}
    assert "•••" not in str(decision["after"]), "no names in a table that cannot be changed"

    again = estimate_weights("half a year", author=Author("rosa", "manual__1"), dry_run=False)
    assert again.version == written.version
    assert len(rows(warehouse, "select * from canon.weights_versions")) == 1, "a repeated task writes once"

    run = ingest()
    (version,) = rows(warehouse, "select run_id, is_queued from canon.weights_versions")
    assert version == {"run_id": run, "is_queued": True}
    evaluated = "select count(*)::integer from canon.records_this_run where source_table <> 'drivers'"
    ((records,),) = warehouse.execute("select count(*)::integer from canon.records_index").fetchall()
    assert warehouse.execute(evaluated).fetchall() == [(records,)]
    decided = "select count(*)::integer from canon.rule_outcomes where reason_code is null"
    assert warehouse.execute(decided).fetchall() == [(written.totals["links_after"],)], "as was foretold"
    assert broken_checks(warehouse) == {}
    ingest()
    assert warehouse.execute(evaluated).fetchall() == [(0,)], "once"


def test_the_way_back_are_the_shipped_weights(warehouse: Warehouse) -> None:
    estimated = estimate_weights("try them", author=ROSA, dry_run=False)
    ingest()
    back = estimate_weights("they were worse", author=ROSA, restore_shipped=True, dry_run=False)
    assert rows(warehouse, "select weights from canon.weights_versions where run_id is null") == [{"weights": {}}]
    assert level(back, "phone", "differs")["bits_before"] == level(estimated, "phone", "differs")["bits_after"]
    ingest()
    in_force = rows(warehouse, "select comparison, level, m, u, household from canon.match_weights")
    assert weights_of(in_force) == shipped_of(warehouse)
    with pytest.raises(NothingToEstimate, match="shipped weights are in force"):
        estimate_weights("once more", author=ROSA, restore_shipped=True)


def test_names_in_what_it_shows_are_masked(warehouse: Warehouse, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("INFO", logger="control_tower"):
        estimate = estimate_weights("try", author=ROSA)
    assert estimate.examples
    names = {name for (text,) in warehouse.execute("select full_name_norm from canon.drivers_index") for name in
             (text or "").split() if len(name) > 4}  # fmt: skip
    shown = f"{estimate.summary()} {caplog.text}"
    assert "•••" in shown
    assert not [name for name in names if name in shown.split()]


def test_human_decisions_that_say_otherwise_are_named(warehouse: Warehouse) -> None:
    linked = warehouse.execute(
        "select source_table, source_pk from canon.identity_links where match_rule = 'R1_PHONE_EXACT'"
        " and source_table = 'module_ct_cabinet_leads' order by source_pk limit 40"
    ).fetchall()
    assert estimate_weights("try", author=ROSA).notes == ()
    for source_table, source_pk in linked[:29]:
        resolve_unmatched_lead(source_table, source_pk, ignore=True, replace_link=True, reason="not them", author=ROSA)
    assert not [note for note in estimate_weights("try", author=ROSA).notes if note.startswith("phone equal")]
    for source_table, source_pk in linked[29:]:
        resolve_unmatched_lead(source_table, source_pk, ignore=True, replace_link=True, reason="not them", author=ROSA)
    estimate = estimate_weights("try", author=ROSA)
    found = level(estimate, "phone", "equal")
    assert found["decisions"] == 40
    assert found["bits_human"] < found["bits_after"] - 1
    (note,) = (note for note in estimate.notes if note.startswith("phone equal"))
    assert f"{found['bits_after']:+.2f}" in note
    assert f"{found['bits_human']:+.2f}" in note
    assert "40 human decisions" in note


def test_humans_who_confirm_what_the_weights_expect_raise_no_warning(warehouse: Warehouse) -> None:
    linked = rows(
        warehouse,
        "select source_table, source_pk, person_key::text from canon.identity_links"
        " where match_rule = 'R1_PHONE_EXACT' order by source_pk limit 40",
    )
    for record in linked:
        resolve_unmatched_lead(**record, replace_link=True, reason="it is them", author=ROSA)
    estimate = estimate_weights("try", author=ROSA)
    assert level(estimate, "phone", "equal")["decisions"] >= 40
    assert estimate.notes == ()


def test_what_cannot_be_is_refused(warehouse: Warehouse) -> None:
    before = contents(warehouse)
    with pytest.raises(ReasonMissing):
        estimate_weights(" ", author=ROSA)
    with pytest.raises(ChoiceUnclear):
        estimate_weights("try", author=ROSA, dry_run="no")  # type: ignore[arg-type]
    with pytest.raises(ChoiceUnclear):
        estimate_weights("try", author=ROSA, restore_shipped=1)  # type: ignore[arg-type]
    with pytest.raises(NothingToEstimate):
        estimate_weights("try", author=ROSA, restore_shipped=True)
    assert contents(warehouse) == before
    warehouse.execute("insert into canon.weights_versions (created_by, reason) values ('luis', 'by hand')")
    with pytest.raises(WeightsWaiting, match="luis"):
        estimate_weights("try", author=ROSA)
    runs.open_run("identity_run")
    with pytest.raises(RunAlreadyActive):
        estimate_weights("try", author=ROSA)


def test_runs_wait_while_it_works_and_a_failure_leaves_no_trace(
    warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = contents(warehouse)
    is_free: list[tuple[bool]] = []

    def fail(_: Trial) -> None:
        is_free.extend(warehouse.execute("select ops.take_lock('runs', false)").fetchall())
        raise RuntimeError("power cut")

    monkeypatch.setattr(Trial, "human_evidence", fail)
    with pytest.raises(RuntimeError, match="power cut"):
        estimate_weights("try", author=ROSA, dry_run=False)
    assert is_free == [(False,)], "a run could use the same working tables"
    assert contents(warehouse) == before


def test_a_sample_depends_on_keys_alone(warehouse: Warehouse) -> None:
    first, second = (estimate_weights("try", author=ROSA, most_records=800) for _ in range(2))
    assert first.totals["records"] == 800
    assert first == second
    assert first.levels != estimate_weights("try", author=ROSA).levels


def test_nothing_ingested_is_nothing_to_estimate(copy_of: Callable[[str], Warehouse], migrated_template: str) -> None:
    copy_of(migrated_template)
    with pytest.raises(NothingToEstimate, match="No records"):
        estimate_weights("try", author=ROSA)


def test_a_small_fleet_changes_little(copy_of: Callable[[str], Warehouse], migrated_template: str) -> None:
    small = copy_of(migrated_template)
    for number in range(5):
        driver(small, f"d{number}", full_name=f"Ana Lucia Torres Vega{number}", phone=f"98765432{number}")
        lead(small, f"l{number}", f"Ana Lucia Torres Vega{number}", park_phone=f"98765432{number}")
    ingest()
    estimate = estimate_weights("try", author=ROSA)
    assert max(abs(row["bits_after"] - row["bits_before"]) for row in estimate.levels) <= 0.05


def test_a_form_decides_and_refuses_what_it_does_not_have(warehouse: Warehouse, airflow_metadata: None) -> None:
    def run_form(**conf: Any) -> str:
        load_dag.cache_clear()  # a DAG object remembers the values of its last test run
        return str(load_dag("estimate_weights").test(run_conf=conf).state)

    assert run_form(reason="try", dry_rum=False) == "failed"
    assert run_form(reason="try") == "success"
    assert rows(warehouse, "select * from canon.weights_versions") == []
    assert run_form(reason="half a year", dry_run=False) == "success"
    (version,) = rows(warehouse, "select created_by, reason, run_id from canon.weights_versions")
    assert version == {"created_by": getpass.getuser(), "reason": "half a year", "run_id": None}
    assert run_form(reason="once more", dry_run=False) == "failed"


def nothing(records: float = 0.0) -> Expected:
    keys = ("driver_equal", "phone_equal", "license_equal", "license_number", "plate_equal", "any_key")
    return Expected(
        same={},
        relative={},
        strangers={},
        records={**dict.fromkeys(keys, records), "same": 0.0, "relative": 0.0},
        same_words=WordCounts(),
        stranger_words=WordCounts(),
        relative_words=WordCounts(),
    )


def test_without_data_the_shipped_weights_stay(warehouse: Warehouse) -> None:
    shipped = shipped_of(warehouse)
    found = maximise(shipped, shipped, nothing())
    for key, weight in found.items():
        for new, old in zip(weight, shipped[key], strict=True):
            assert (new is None) == (old is None)
            assert new is None or isclose(new, old, rel_tol=1e-5), key


def test_no_share_becomes_certain_and_none_leaps(warehouse: Warehouse) -> None:
    shipped = shipped_of(warehouse)
    found = maximise(shipped, shipped, nothing(records=1e9))
    for key, weight in found.items():
        for new, old in zip(weight, shipped[key], strict=True):
            assert new is None or old is None or old / 2.001 <= new <= old * 2.001, key
    for _ in range(60):
        found = maximise(found, shipped, nothing(records=1e9))
    assert all(0 < weight.m < 1 and weight.u > 0 for weight in found.values())
