from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import httpx
import psycopg
import pytest

from control_tower.settings import get_settings
from devtools.benchmark import fleet_figures, measure
from devtools.benchmark.airflow_figures import TaskTimes, task_times, wall_seconds
from devtools.benchmark.chart import chart
from devtools.benchmark.desk_figures import compare
from devtools.benchmark.figures import Figure, as_json, table
from devtools.benchmark.page_figures import LISTS, Answers, at_once
from devtools.benchmark.pipeline_steps import step_names
from devtools.benchmark.splink_figures import Chosen, at_precision, export
from devtools.benchmark.touch import touch
from devtools.demo.fleet import FleetSize, build_fleet
from tests.pipeline import ingest
from tests.web import browsing


@pytest.fixture(autouse=True)
def _fresh_settings(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Settings are read once per process; the benchmark sets one, which is gone afterwards."""
    monkeypatch.setenv("CONTROL_TOWER_TARGET_PARK_ID", "")
    get_settings.cache_clear()
    yield
    get_settings.cache_clear()


SIZE = FleetSize(60, 60, 30, 5, trip_days=7)


def test_touched_rows_change_what_identity_rests_on(warehouse: psycopg.Connection[Any]) -> None:
    measure.prepare(warehouse, build_fleet(SIZE))
    before = dict(warehouse.execute("select driver_id, phone from public.drivers").fetchall())
    assert touch(warehouse, 7, round_number=1) == 14
    after = dict(warehouse.execute("select driver_id, phone from public.drivers").fetchall())
    assert sum(before[driver] != after[driver] for driver in before) == 7
    assert touch(warehouse, 1_000, round_number=2) == 120


def test_a_round_measures_every_figure(warehouse: psycopg.Connection[Any]) -> None:
    measure.prepare(warehouse, build_fleet(SIZE))
    measured = fleet_figures.Measured(SIZE)
    fleet_figures.measure_round(warehouse, measured)
    # so few rows are a small batch, which records all steps
    assert set(measured.steps) == {"small_batch"}
    recorded = warehouse.execute(
        "select array_agg(step.step) from ops.run_steps as step"
        " inner join ops.ingestion_runs as run on run.id = step.run_id"
        " where run.job_type = 'identity_run' group by run.id"
    ).fetchall()
    assert len(recorded) == 5  # the first load, two with nothing new in the sources, and two after rows were touched
    for (steps,) in recorded:
        assert set(steps) == {name.rsplit(".", 1)[-1] for name in step_names(measure.DAG)}
    figures = {figure.name: figure for figure in fleet_figures.figures_of(measured)}
    assert figures["first load"].value >= sum(max(values) for values in measured.steps.values()) / measure.WORKERS
    assert figures["linking alone"].value >= max(measured.steps["small_batch"])
    # every row of the floor is one that the first load left
    assert 155 + 60 < measured.rows < 1_000
    assert warehouse.execute("select to_regnamespace('floor')").fetchone() == (None,)
    assert figures["first load"].bases == tuple(measured.seconds["floor"])
    for name in ("nothing new", "attribution, first", "closing statements", "health check, again"):
        assert figures[name].value > 0, name
    assert figures["peak memory of a worker"].value > 20
    assert figures["peak memory of a session"].value > 1
    assert figures["database size, with all results"].value > 5
    statuses = warehouse.execute("select status::text, count(*) from ops.ingestion_runs group by 1").fetchall()
    assert statuses == [("COMPLETED", 7)]
    assert warehouse.execute("select count(*) from ops.liquidation_periods").fetchone() == (1,)
    assert warehouse.execute("select count(*) from ops.health_checks").fetchone() == (2,)


@pytest.mark.parametrize(
    ("name", "drivers", "bar"),
    [
        ("first load", 99_999, None),
        ("first load", 100_000, 2.8),
        ("first load", 999_999, 2.8),
        ("first load", 1_000_000, 2.5),
        ("nothing new", 999_999, None),
        ("nothing new", 1_000_000, 0.04),
        ("1,000 drivers and leads touched", 1_000_000, 0.07),
        ("10,000 drivers and leads touched", 1_000_000, None),
    ],
)
def test_the_bars_are_those_of_the_size(name: str, drivers: int, bar: float | None) -> None:
    assert fleet_figures.bar_of(name, drivers) == bar


def test_a_ratio_is_the_median_of_ratios_and_meets_its_bar_exactly_on_it() -> None:
    # 10 / 5 = 2, 12 / 4 = 3, 20 / 4 = 5: the median is 3, though the medians themselves are 12 and 4
    three = Figure("g", "n", (10, 12, 20), bases=(5, 4, 4), base="floor", bar=3)
    assert (three.value, three.ratio, three.is_met) == (12, 3, True)
    assert replace(three, bar=2.99).is_met is False
    assert replace(three, is_least=True).is_met is True
    assert replace(three, is_least=True, bar=3.01).is_met is False
    assert Figure("g", "n", (1,)).is_met is None
    text = table([three, replace(three, bar=2.0)])
    assert "bar ≤ 3: met" in text
    assert "bar ≤ 2: NOT MET" in text
    assert as_json([three], {"seed": 1})["figures"][0]["ratio"] == 3


def test_the_chart_draws_a_bar_for_each_figure_and_one_line() -> None:
    figures = [
        Figure("g", "met <1>", (1,), bases=(1,), base="floor", bar=2),
        Figure("g", "missed", (9,), bases=(1,), base="floor", bar=2),
        Figure("g", "size", (9,), unit="MB"),
    ]
    drawn = ET.fromstring(chart(figures))
    kinds = [one.get("class") for one in drawn.iter("{http://www.w3.org/2000/svg}rect")]
    # two ratios, and both as seconds; half of the bar is met, and what is far beyond it ends at the edge
    assert kinds == ["page", "met", "missed", "plain", "plain"]
    widths = [float(one.get("width", 0)) for one in drawn.iter("{http://www.w3.org/2000/svg}rect")][1:3]
    assert widths[1] == pytest.approx(4 * widths[0], abs=4)  # whole pixels
    assert len(list(drawn.iter("{http://www.w3.org/2000/svg}line"))) == 1


def test_the_rows_of_another_program_are_the_normalised_ones(
    warehouse: psycopg.Connection[Any], tmp_path: Path
) -> None:
    measure.prepare(warehouse, build_fleet(SIZE))
    ingest()
    ours = export(warehouse, tmp_path)
    assert 0.5 < ours.recall <= 1
    # 60 leads and 30 scouting rows; migrations name their account
    assert len((tmp_path / "records.csv").read_text().splitlines()) == 1 + 90
    accounts = (tmp_path / "accounts.csv").read_text().splitlines()
    assert accounts[0] == "unique_id,name,phone,license,license_number,plate,car,day"
    assert len(accounts) == 1 + 60


def test_links_are_cut_where_they_are_as_precise() -> None:
    judged = [(9.0, True), (8.0, True), (7.0, False), (7.0, True), (6.0, True), (5.0, False)]
    # down to 6: 4 of 5 are right; down to 5: 4 of 6; findable are 8
    assert at_precision(judged, 0.8, 8) == Chosen(6.0, 0.8, 0.5)
    assert at_precision(judged, 0.81, 8) == Chosen(8.0, 1.0, 0.25)
    assert at_precision(judged, 0.5, 8) == Chosen(5.0, 4 / 6, 0.5)
    # nothing is as precise: the most precise
    assert at_precision([(9.0, False), (8.0, True)], 0.9, 8) == Chosen(8.0, 0.5, 0.125)
    assert at_precision([], 0.9, 8).recall == 0


def test_the_time_of_a_run_is_from_the_trigger_to_the_end() -> None:
    moment = "2026-11-01T10:00:{:02d}+00:00".format
    assert wall_seconds({"queued_at": moment(1), "end_date": moment(9)}) == 8
    tasks = [
        {"state": "success", "queued_when": moment(1), "start_date": moment(2), "end_date": moment(5)},
        {"state": "success", "queued_when": moment(5), "start_date": moment(7), "end_date": moment(8)},
        {"state": "skipped", "queued_when": None, "start_date": moment(5), "end_date": moment(5)},
    ]
    assert task_times(tasks) == TaskTimes(2, 4.0, 3.0)


def test_every_list_is_measured_and_readers_come_at_once() -> None:
    assert set(browsing.LISTS) <= set(LISTS)
    together = threading.Barrier(20, timeout=20)
    answers = at_once([together.wait] * 40)
    assert (len(answers.milliseconds), answers.errors) == (40, 0)
    assert Answers(tuple(map(float, range(101))), 0).percentile(95) == 95


def test_an_answer_that_is_an_error_counts_as_one() -> None:
    def refuse() -> None:
        raise httpx.ReadTimeout("busy")

    assert at_once([refuse, lambda: None, refuse]).errors == 2


def test_what_the_database_says_of_the_desk_is_compared_case_by_case() -> None:
    def row(key: str, is_undo: bool = False, is_open: bool = False, **after: Any) -> dict[str, Any]:
        return {"key": key, "after": after, "is_undo": is_undo, "is_open": is_open}

    rows = [
        row("a", ledger={"attributed_scout_id": 7, "decision_status": "assigned"}),
        row("b", ledger={"attributed_scout_id": None, "decision_status": "unassigned"}),
        row("c", ledger={"attributed_scout_id": 9, "decision_status": "assigned"}),
        row("c", is_undo=True, is_open=True, ledger={"decision_status": "conflict"}),
        row("d", unmatched={"status": "IGNORED"}, link=None),
        row("e", link={"match_rule": "MANUAL", "matched_driver_id": "D1"}),
    ]
    answers = {"a": {"scout_id": 7}, "b": {"nobody": True}, "d": {"ignore": True}, "e": {"driver_id": "D1"}}
    compare(rows, 6, answers, ["c"])
    for wrong in ({"a": {"scout_id": 9}}, {"b": {"scout_id": 7}}, {"d": {"driver_id": "D1"}}, {"e": {"ignore": True}}):
        with pytest.raises(RuntimeError, match=next(iter(wrong))):
            compare(rows, 6, answers | wrong, ["c"])
    for told, expected, undone in ((rows[:-1], 6, ["c"]), (rows, 5, ["c"]), (rows[:3] + rows[4:], 5, ["c"])):
        with pytest.raises(RuntimeError):
            compare(told, expected, answers, undone)
    still_open = [{**rows[0], "is_open": True}, *rows[1:]]
    with pytest.raises(RuntimeError, match="'a'"):
        compare(still_open, 6, answers, ["c"])
