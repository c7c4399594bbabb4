"""The story that `make demo` tells: told from real runs, and end to end once."""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import psycopg
import pytest

from control_tower import decisions
from control_tower.payments.statements import close_liquidation_period
from control_tower.settings import get_settings
from devtools.demo import __main__ as command
from devtools.demo import scouts_story, statements_story, story
from devtools.demo.airflow_process import AirflowProcess
from devtools.demo.context import DemoContext, UnexpectedResult
from devtools.demo.dag_runs import DagFailed, TaskLog, end_of_log
from devtools.demo.database import DemoDatabase
from devtools.demo.fleet import FleetSize, build_fleet
from devtools.demo.lead_life import explain_evidence
from devtools.demo.load import load_fleet
from devtools.demo.terminal import WIDTH, Page
from devtools.local.airflow_home import DEMO_DATABASE
from tests.conftest import Database
from tests.pipeline import attribute, ingest, step_names

LOCAL = DemoDatabase(is_replacement=False, is_local=True)
PROJECT = Path(__file__).resolve().parents[3]
Demo = tuple[DemoContext, io.StringIO]


class InThisProcess(AirflowProcess):
    """Runs the DAGs' steps and decisions in this process, and logs what the story reads."""

    def run_dag(
        self, dag_id: str, log: Path, *, conf: Any = None, while_running: Callable[[TaskLog], None] = lambda _: None
    ) -> float:
        if dag_id in PIPELINES:
            log.write_text("".join(f"[DAG TEST] starting task_id={name}\n" for name in step_names(dag_id, None)))
            task_log = TaskLog(log)
            task_log.follow()
            PIPELINES[dag_id](before_step=lambda _: while_running(task_log))
            while_running(task_log)
        elif dag_id == "close_liquidation_period":
            days = {name: date.fromisoformat(conf[name]) for name in ("period_start", "period_end")}
            close_liquidation_period(**{**conf, **days}, author=decisions.Author("ana"))
        elif dag_id == "resolve_scout_conflict":
            decisions.resolve_scout_conflict(**conf, author=decisions.Author("ana"))
        else:
            assert dag_id == "revert_backfill"
            done = decisions.revert_backfill(**conf, author=decisions.Author("ana")).reverted
            what = ", ".join(f"{rows} {kind}" for kind, rows in sorted(done.items()))
            log.write_text(f"[info     ] reverted          {what} [control_tower.decisions.reverts] loc=reverts.py:1\n")
        return 12.3


PIPELINES: dict[str, Callable[..., int]] = {"identity_ingestion": ingest, "scout_attribution_refresh": attribute}


@contextmanager
def in_process_demo(warehouse: psycopg.Connection[Any], logs: Path) -> Iterator[Demo]:
    """A context whose DAGs run in this process."""
    fleet = build_fleet(FleetSize(600), country="PE")
    with pytest.MonkeyPatch.context() as variables:
        variables.setenv("CONTROL_TOWER_TARGET_PARK_ID", fleet.target_park_id)
        get_settings.cache_clear()
        told = io.StringIO()
        try:
            yield DemoContext(Page(told), warehouse, fleet, logs, InThisProcess(), LOCAL), told
        finally:
            get_settings.cache_clear()


@pytest.fixture
def demo(warehouse: psycopg.Connection[Any], tmp_path: Path) -> Iterator[Demo]:
    """A context with an empty warehouse."""
    with in_process_demo(warehouse, tmp_path) as empty:
        yield empty


@pytest.fixture(scope="module")
def whole_story(told: Any, tmp_path_factory: pytest.TempPathFactory) -> str:
    """What the chapters tell after the one in which the database is prepared."""

    def tell(warehouse: psycopg.Connection[Any]) -> str:
        with in_process_demo(warehouse, tmp_path_factory.mktemp("whole-story")) as (where, text):
            for chapter in story.CHAPTERS:
                if chapter is not story.prepare_database:
                    chapter(where)
            return text.getvalue()

    return str(told(tell)[1])


@pytest.fixture(scope="module")
def after_refresh(told: Any, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Name of a database whose story was told until the scouts were attributed."""

    def tell(warehouse: psycopg.Connection[Any]) -> None:
        with in_process_demo(warehouse, tmp_path_factory.mktemp("after-refresh")) as (where, _):
            for chapter in (story.load_the_fleet, story.ingest_leads, scouts_story.attribute_scouts):
                chapter(where)

    return str(told(tell)[0])


@pytest.fixture
def refreshed_demo(
    copy_of: Callable[[str], psycopg.Connection[Any]], after_refresh: str, tmp_path: Path
) -> Iterator[Demo]:
    """A context with a copy of that database."""
    with in_process_demo(copy_of(after_refresh), tmp_path) as refreshed:
        yield refreshed


def test_every_chapter_is_told_from_what_is_in_the_database(whole_story: str):
    text = whole_story
    assert re.search(r" 600 +driver accounts\n", text)
    assert re.search(r"conclude › link +\d[\d,]* +\d+\.\d\d\n", text)
    ingestion = text.split("What was found")[0]
    assert len(re.findall(r" \d+\.\d\d\n", ingestion)) == len(step_names("identity_ingestion")) + 1
    assert re.search(r"R1_PHONE_EXACT +\d+ +95 +HIGH +same phone\n", text)
    assert re.search(r"NO_CANDIDATES +\d+ +nobody shares", text)
    assert "✓ every source record is accounted for once\n" in text
    assert re.search(r"cabinet leads +400 +\d+ +\d+ +0 +1\.0000 +0\.9\d\d\d\n", text)
    assert "No link is wrong." in text
    assert re.search(r"Missed: \d+ records whose driver exists \(", text)
    assert re.search(r"Linked by \w+: score \d+, confidence (HIGH|MEDIUM|LOW)\.", text)
    assert "Nothing changed" in text
    assert re.search(r"\n +A +(\d+) +\1 +one scout in the person's events\n", text)
    assert re.search(r"ledger +CONFLICT_SEVERAL_SCOUTS +[1-9]\d*\n", text)
    assert re.search(r"✓ [1-9]\d* people are truly claimed by two scouts", text)
    assert re.search(r"ana: «The signed form .*». Conflicts: (\d+), now \d+\.", text)
    assert "believes it: 12 scouts more" in text
    assert text.count("put back: 12 events, 12 ledger rows.") == 2
    assert "✓ Everybody has the scout of before" in text
    assert "Scouts are paid: the DAG close_liquidation_period\n" in text
    assert re.search(r"✓ \d+ of \d+ checks are well\.", text)
    lines = text.rstrip().splitlines()
    assert [line[:5] for line in lines[-6::2]] == ["   1.", "   2.", "   3."], "three things to try are the last lines"
    assert all(line.strip().startswith("/control-tower/") for line in lines[-5::2])
    assert "`make up`" in lines[-7] + lines[-8]


def test_trips_that_come_late_are_paid_by_the_next_period(refreshed_demo: Demo):
    where, told = refreshed_demo
    statements_story.close_two_periods(where)
    text = told.getvalue()
    totals = re.findall(r"to \d{4}-\d\d-\d\d: ([\d,.]+) PEN, (\d+) statements, ([\d,]+) lines\.\n", text)
    assert len(totals) == 2
    assert re.search(r"Scout \d+: LATE \+25\.00 PEN, 5 trips, was payable on \d{4}-\d\d-\d\d\.\n", text)
    assert "✓ The next period pays what came late, once, and says why." in text
    assert max(map(len, text[text.index("Scouts are paid") :].splitlines())) <= 80


@pytest.mark.parametrize(
    ("lie", "fault"),
    [
        (
            (
                "update observational.lead_ledger set decision_status = 'assigned', attributed_scout_id = 1"
                " where person_key = (select min(person_key::text)::uuid from ops.v_scout_attribution_conflicts)"
            ),
            "whom two scouts truly claim and who are not in conflict",
        ),
        (
            (
                "update observational.lead_ledger set decision_status = 'conflict' where person_key ="
                " (select min(person_key::text)::uuid from observational.lead_ledger where attribution_rule = 'A')"
            ),
            "who are in conflict although fewer",
        ),
        (
            (
                "update observational.lead_ledger set attributed_scout_id = 4711 where person_key ="
                " (select min(person_key::text)::uuid from observational.lead_ledger where attribution_rule = 'A')"
            ),
            "a scout that never claimed them",
        ),
    ],
)
def test_a_ledger_that_lies_breaks_the_story(refreshed_demo: Demo, lie: str, fault: str):
    where, _ = refreshed_demo
    scouts_story.compare_scouts_with_truth(where)
    where.connection.execute(lie.encode())
    with pytest.raises(UnexpectedResult, match=fault):
        scouts_story.compare_scouts_with_truth(where)


def test_a_scout_of_two_people_in_one_person_is_told_and_breaks_nothing(refreshed_demo: Demo):
    where, told = refreshed_demo
    where.connection.execute(
        "update demo.truth_records set human_id = -5 where (source_table, source_pk) in ("
        " select event.source_table, event.source_pk from observational.lead_events as event"
        " inner join observational.lead_ledger as ledger using (person_key)"
        " where ledger.attribution_rule = 'A' and event.source_table = 'module_ct_cabinet_leads' limit 1)"
    )
    scouts_story.compare_scouts_with_truth(where)
    assert "By a wrong identity link, which joined two people: 1." in told.getvalue()


def test_off_a_terminal_it_is_plain_text_that_fits(whole_story: str):
    lines = whole_story.splitlines()
    assert "\x1b" not in whole_story
    assert [line for line in lines if len(line) > WIDTH] == []
    assert [line for line in lines if line != line.rstrip()] == []


def test_colours_are_for_terminals_and_nobody_gets_them_against_his_will(monkeypatch: pytest.MonkeyPatch):
    def written() -> str:
        told = io.StringIO()
        Page(told).say("No link is wrong.", "green")
        return told.getvalue()

    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert "\x1b" not in written()
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert "\x1b[32m" in written()
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[32m" not in written()


def test_a_second_run_that_changes_a_row_breaks_the_story(demo: Demo, monkeypatch: pytest.MonkeyPatch):
    where, _ = demo
    load_fleet(where.connection, where.fleet, report=lambda _: None)
    story.ingest_leads(where)
    honest = where.airflow.run_dag

    def meddling(*arguments: Any, **options: Any) -> float:
        where.connection.execute("update observational.lead_events set scout_id = 4711 where id = 1")
        return honest(*arguments, **options)

    monkeypatch.setattr(where.airflow, "run_dag", meddling)
    with pytest.raises(UnexpectedResult, match=r"observational\.lead_events"):
        story.run_again(where)


def test_fingerprints_are_of_what_lasts_and_see_every_value(demo: Demo):
    where, _ = demo
    load_fleet(where.connection, where.fleet, report=lambda _: None)
    story.ingest_leads(where)
    before = story.fingerprints(where.connection)
    where.connection.execute(
        "update canon.identity_links set evidence = evidence || '{\"a\": 1}' where source_pk = '1'"
    )
    after = story.fingerprints(where.connection)

    assert {"canon.identity_registry", "canon.drivers_index", "observational.lead_events"} <= before.keys()
    assert "canon.candidates_this_run" not in before, "the work of one run"
    assert {table for table in before if before[table] != after[table]} == {"canon.identity_links"}


@pytest.mark.parametrize(
    ("evidence", "sentences"),
    [
        (
            {
                "rule": "R1_PHONE_EXACT", "values": {"phone": "942530306"}, "names": "AGREE", "similarity": 0.909,
                "record_name": "MIGUEL RAMIREZ", "driver_name": "RAMIREZ DIAZ MIGUEL",
            },
            (
                "Same phone: 942530306. The names agree (0.909): in another order, only the account says DIAZ. "
                "Nobody else came into question."
            ),
        ),
        (
            {
                "rule": "R2_LICENSE_EXACT", "values": {"license": "Q12345678"},
                "runner_up": {"driver_name": "ANA SOTO", "rule": "R1_PHONE_EXACT"},
            },
            "Same licence: Q12345678. There was no name to compare. Second best was ANA SOTO (same phone).",
        ),
        ({}, "A rule of its own. There was no name to compare. Nobody else came into question."),
    ],
)  # fmt: skip
def test_evidence_is_told_in_sentences(evidence: dict[str, Any], sentences: str):
    assert explain_evidence(evidence) == sentences


def test_a_failed_dag_shows_the_end_of_its_log_and_what_the_run_recorded(
    warehouse: psycopg.Connection[Any],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
):
    monkeypatch.setattr(command, "create_demo_database", lambda: LOCAL)

    def failing(_: AirflowProcess, dag_id: str, log: Path, **__: Any) -> float:
        if dag_id != "migrate_schema":
            warehouse.execute(
                "insert into ops.ingestion_runs (job_type, status, started_at, incremental, error_message)"
                " values ('identity_run', 'FAILED', now(), true, 'link: the disk is full')"
            )
            log.write_text("first\n" + "last words\n" * 30)
            raise DagFailed(dag_id, 1, log)
        return 1.0

    monkeypatch.setattr(AirflowProcess, "run_dag", failing)
    assert command.main(["--size", "60", "--logs", str(tmp_path)]) == 1

    shown = capfd.readouterr().err
    assert "last words" in shown
    assert "first" not in shown
    assert "link: the disk is full" in shown
    assert "identity_ingestion.log" in shown
    assert "Next: " in shown


@pytest.mark.parametrize("arguments", [["--size", "huge"], ["--size", "5"], ["--seed", "-1"], ["--seed", "x"]])
def test_sizes_and_seeds_that_make_no_sense_are_refused(arguments: list[str], capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit) as exit_:
        command.main(arguments)
    assert exit_.value.code == 2
    assert arguments[1] in capsys.readouterr().err


def test_a_dag_that_does_not_exist_fails_with_its_log_and_the_next_one_runs(
    airflow_metadata: None, warehouse: psycopg.Connection[Any], tmp_path: Path
):
    with AirflowProcess({"PYTHONPATH": str(PROJECT / "plugins")}) as airflow:
        with pytest.raises(DagFailed) as failed:
            airflow.run_dag("no_such_dag", tmp_path / "log")
        assert airflow.run_dag("scout_attribution_refresh", tmp_path / "other") > 0
    assert failed.value.exit_code != 0
    assert "no_such_dag" in "\n".join(end_of_log(failed.value.log))
    assert warehouse.execute("select status::text from ops.ingestion_runs").fetchall() == [("COMPLETED",)]


def test_a_process_that_dies_is_a_dag_that_failed(tmp_path: Path):
    with AirflowProcess({"PYTHONPATH": str(tmp_path)}) as airflow, pytest.raises(DagFailed) as failed:
        airflow.run_dag("migrate_schema", tmp_path / "log")
    assert "control_tower" in "\n".join(end_of_log(failed.value.log))


def test_from_an_empty_database_to_the_end(
    airflow_metadata: None, empty_database: Any, server: Any, tmp_path: Path, request: pytest.FixtureRequest
):
    """The real DAGs, as `make demo` runs them on a server of the user's; and again after the first demo."""
    name = empty_database.query("select current_database()")[0][0]
    request.addfinalizer(lambda: server.drop(DEMO_DATABASE))
    for _ in range(2):
        done = subprocess.run(
            [sys.executable, "-m", "devtools.demo", "--size", "240", "--seed", "3", "--logs", str(tmp_path)],
            env={
                **os.environ,
                "AIRFLOW_CONN_CONTROL_TOWER": server.airflow_uri(name),
                "PYTHONPATH": str(PROJECT / "plugins"),
            },
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert done.returncode == 0, done.stderr + done.stdout
        assert done.stderr == ""
        assert "[control_tower." not in done.stdout, "the package's log is no part of the story"
        for line in ("No link is wrong.", "Nothing changed", "✓ Everybody has the scout of before"):
            assert line in done.stdout
        completed = "select count(*) from ops.ingestion_runs where status = 'COMPLETED' and dag_run_id is not null"
        assert Database(server.uri(DEMO_DATABASE)).query(completed) == [(8,)]
        assert "no other database there is touched" in " ".join(done.stdout.split())
    assert empty_database.query("select to_regnamespace('ops')") == [(None,)]
    assert "the earlier demo was dropped" in " ".join(done.stdout.split())
    assert {path.stem for path in tmp_path.iterdir()} >= {"migrate_schema", "revert_backfill", "resolve_scout_conflict"}
