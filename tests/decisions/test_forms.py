"""The decision DAGs, each run in one process as `airflow dags test` does."""

from __future__ import annotations

import getpass
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest
from airflow.sdk.exceptions import AirflowFailException, ParamValidationError

from control_tower.decisions.forms import author_of, refusals_are_final
from control_tower.errors import ReasonMissing, RunAlreadyActive
from tests.decisions.state import Position, person_of, position, rows
from tests.identity.sources import driver, lead, scouting
from tests.pipeline import attribute, ingest, load_dag

Warehouse = psycopg.Connection[Any]
ANA = "Ana Lucia Torres Vega"
FORMS = (
    "resolve_scout_conflict",
    "resolve_unmatched_lead",
    "revert_backfill",
    "split_merged_person",
    "close_liquidation_period",
    "estimate_weights",
)


def run_form(dag_id: str, **conf: Any) -> str:
    """Run the DAG with the form values and return its state."""
    load_dag.cache_clear()  # a DAG object remembers the values of its last test run
    return str(load_dag(dag_id).test(run_conf=conf).state)


def test_each_form_decides(warehouse: Warehouse, airflow_metadata: None) -> None:
    driver(warehouse, "d1", full_name=ANA, phone="987654321")
    scouting(warehouse, 1, ANA, driver_phone="987654321", scout_id=7)
    scouting(warehouse, 2, ANA, driver_phone="987654321", scout_id=8)
    lead(warehouse, "l1", ANA, park_phone="912345670")
    ingest()
    run = attribute()
    ana = person_of(warehouse, "1")
    assert ana is not None

    assert run_form("resolve_scout_conflict", person_key=ana, scout_id=8, reason="signed form") == "success"
    assert position(warehouse, ana) == Position(8, "MANUAL", "assigned")
    assert run_form("resolve_scout_conflict", person_key=ana, reason="left empty") == "failed"
    assert position(warehouse, ana) == Position(8, "MANUAL", "assigned"), "what is left empty decides nothing"
    record = {"source_table": "module_ct_cabinet_leads", "source_pk": "l1"}
    assert run_form("resolve_unmatched_lead", **record, driver_id="d1", reason="she called") == "success"
    assert person_of(warehouse, "l1") == ana
    written = rows(warehouse, "select * from ops.human_decisions order by id")
    assert [row["kind"] for row in written] == ["resolve_scout_conflict", "resolve_unmatched_lead"]
    assert {row["decided_by"] for row in written} == {getpass.getuser()}
    assert all(row["dag_run_id"].startswith("manual__") for row in written)

    assert run_form("revert_backfill", run_id=run, reason="wrong file") == "success"
    assert len(rows(warehouse, "select * from ops.human_decisions")) == 2, "a dry run unless it says otherwise"
    assert run_form("revert_backfill", run_id=987654, reason="wrong file") == "failed"


@pytest.mark.parametrize("dag_id", FORMS)
def test_each_form_explains_itself_and_every_field(dag_id: str) -> None:
    dag = load_dag(dag_id)
    assert dag.dag_id == dag_id
    assert dag.schedule is None
    assert (dag.max_active_runs, dag.catchup) == (1, False)
    for word in ("**What.**", "**Reads**", "**Writes**", "**Safe to run again?**", "**When it is red.**", "**Qué.**"):
        assert word in dag.doc_md
    for name in dag.params:
        field = dag.params.get_param(name)
        assert field.description, name
        assert field.schema["type"], name
        assert field.schema["title"], name
    (task,) = dag.tasks
    assert task.retries * task.retry_delay >= timedelta(minutes=5), "it waits for a run that is at work"


@pytest.mark.parametrize(
    ("dag_id", "field", "value"),
    [
        ("resolve_scout_conflict", "person_key", "Ana"),
        ("resolve_scout_conflict", "scout_id", -1),
        ("resolve_scout_conflict", "scout_id", "7"),
        ("resolve_scout_conflict", "scout_id", 0),
        ("resolve_scout_conflict", "scout_id", True),
        ("resolve_scout_conflict", "nobody", "true"),
        ("resolve_scout_conflict", "nobody", None),
        ("resolve_scout_conflict", "undo_decision", "1"),
        ("split_merged_person", "person_key", "Ana"),
        ("split_merged_person", "dry_run", "false"),
        ("resolve_scout_conflict", "reason", " "),
        ("resolve_unmatched_lead", "source_table", "drivers"),
        ("resolve_unmatched_lead", "source_pk", ""),
        ("resolve_unmatched_lead", "ignore", "yes"),
        ("revert_backfill", "run_id", 0),
        ("revert_backfill", "run_id", True),
        ("revert_backfill", "run_id", "1"),
        ("revert_backfill", "run_id", None),
        ("revert_backfill", "dry_run", None),
        ("close_liquidation_period", "period_start", None),
        ("close_liquidation_period", "period_start", "1 March"),
        ("close_liquidation_period", "period_end", "2026-02-30"),
        ("close_liquidation_period", "reason", ""),
        ("close_liquidation_period", "dry_run", "no"),
        ("estimate_weights", "reason", "  "),
        ("estimate_weights", "dry_run", None),
        ("estimate_weights", "restore_shipped", "true"),
    ],
)
def test_a_form_refuses_what_cannot_be(dag_id: str, field: str, value: object) -> None:
    with pytest.raises(ParamValidationError):
        load_dag(dag_id).params.get_param(field).resolve(value)


@pytest.mark.parametrize(("user", "name"), [("rosa", "rosa"), (None, getpass.getuser()), (" ", getpass.getuser())])
def test_somebody_always_decides(user: str | None, name: str) -> None:
    author = author_of({"dag_run": SimpleNamespace(triggering_user_name=user, run_id="manual__1")})
    assert (author.name, author.dag_run_id) == (name, "manual__1")


def test_a_user_without_a_name_is_the_owner(monkeypatch: pytest.MonkeyPatch) -> None:
    def nameless() -> str:
        raise OSError("No username set in the environment")

    monkeypatch.setattr(getpass, "getuser", nameless)
    assert author_of({"dag_run": SimpleNamespace(run_id="manual__1")}).name == "control-tower"


def test_a_refusal_is_final_and_a_run_at_work_is_waited_for() -> None:
    with pytest.raises(AirflowFailException, match="gives no reason"), refusals_are_final():
        raise ReasonMissing
    with pytest.raises(RunAlreadyActive), refusals_are_final():
        raise RunAlreadyActive(4, "identity_run", 1.0, datetime(2026, 11, 1, tzinfo=UTC))
