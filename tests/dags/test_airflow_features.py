"""What the DAGs use of Airflow: assets, names in both languages, pools, priority, parameters."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from control_tower.airflow_dags.factory import DAG_TEXTS
from control_tower.i18n.catalogue import codes
from control_tower.settings import get_settings

DAGS = Path(__file__).resolve().parents[2] / "dags"
NAMES = [file.stem for file in sorted(DAGS.glob("*.py"))]

OUTLETS = {
    ("identity_ingestion", "close_run"): ["control-tower/identity_links", "control-tower/lead_events"],
    ("scout_attribution_refresh", "refresh_ledger"): ["control-tower/lead_ledger"],
    ("scout_attribution_refresh", "refresh_scout_payments"): ["control-tower/scout_payments"],
    ("scout_attribution_refresh", "refresh_partner_claims"): ["control-tower/partner_claims"],
}


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch):
    """Reads a DAG as Airflow does, with settings."""
    from airflow.dag_processing.dagbag import DagBag

    def load(dag_id: str, **settings: str) -> Any:
        for name, value in settings.items():
            monkeypatch.setenv(f"CONTROL_TOWER_{name.upper()}", value)
        get_settings.cache_clear()
        forget_modules(monkeypatch)
        bag = DagBag(dag_folder=str(DAGS / f"{dag_id}.py"), load_op_links=False, collect_dags=True)
        assert bag.import_errors == {}
        return bag.dags[dag_id]

    yield load
    get_settings.cache_clear()


def forget_modules(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the factories be imported anew: their settings are those of the process."""
    import sys

    for name in [name for name in sys.modules if name.startswith("control_tower.airflow_dags.")]:
        monkeypatch.delitem(sys.modules, name)


def test_each_asset_is_the_outlet_of_the_task_that_makes_it_true(read) -> None:
    found = {
        (dag_id, task.task_id): [outlet.name for outlet in task.outlets]
        for dag_id in NAMES
        for task in read(dag_id).tasks
        if task.outlets
    }
    assert found == OUTLETS


def test_a_run_updates_its_assets(warehouse, airflow_metadata) -> None:
    from airflow.models.asset import AssetEvent
    from airflow.utils.session import create_session

    from control_tower.airflow_dags.scout_attribution_refresh import scout_attribution_refresh

    run = scout_attribution_refresh().test()
    assert run.state == "success"
    with create_session() as session:
        told = session.query(AssetEvent.source_dag_id, AssetEvent.source_task_id)
        events = told.filter(AssetEvent.source_run_id == run.run_id).all()
    assert {(dag, task) for dag, task in events} == {key for key in OUTLETS if key[0] == "scout_attribution_refresh"}


def test_attribution_follows_ingestion_only_where_the_settings_say_so(read) -> None:
    assert read("scout_attribution_refresh").schedule == "0 */4 * * *"
    followed = read("scout_attribution_refresh", attribution_follows_ingestion="true").schedule
    assets = {asset.name for asset in followed.asset_condition.objects}
    assert assets == {"control-tower/identity_links", "control-tower/lead_events"}
    assert followed.timetable.expression == "0 */4 * * *"
    own = {outlet.name for task in read("scout_attribution_refresh").tasks for outlet in task.outlets}
    assert not own & assets, "it would follow itself"


@pytest.mark.parametrize("dag_id", NAMES)
def test_name_and_description_are_in_the_language_of_the_settings(read, dag_id: str) -> None:
    spanish, english = read(dag_id, language="es"), read(dag_id, language="en")
    assert len({spanish.dag_display_name, english.dag_display_name, dag_id}) == 3
    assert spanish.description != english.description
    assert spanish.description.endswith(".")
    assert english.description.endswith(".")
    assert english.dag_id == dag_id


@pytest.mark.parametrize("language", ["es", "en"])
def test_every_dag_has_a_name_and_a_description_and_none_is_left_over(language) -> None:
    found = codes(language, DAG_TEXTS)
    assert set(found) == {"name", "description"}
    assert set(found["name"]) == set(found["description"]) == set(NAMES)


@pytest.mark.parametrize("dag_id", NAMES)
def test_pool_and_priority_are_settings(read, dag_id: str) -> None:
    plain = read(dag_id)
    assert {(task.pool, task.priority_weight) for task in plain.tasks} == {("default_pool", 1)}
    chosen = read(dag_id, airflow_pool="warehouse", priority_weight="7")
    assert {(task.pool, task.priority_weight) for task in chosen.tasks} == {("warehouse", 7)}


@pytest.mark.parametrize("dag_id", NAMES)
def test_a_parameter_that_does_not_exist_is_refused_by_every_task(read, dag_id: str) -> None:
    from airflow.sdk.exceptions import AirflowFailException

    class Run:
        conf: dict[str, Any] = {"scope_date_form": "2026-01-01"}  # noqa: RUF012

    dag = read(dag_id)
    for task in dag.tasks:
        refuse = task.partial_kwargs["pre_execute"] if hasattr(task, "partial_kwargs") else task._pre_execute_hook
        with pytest.raises(AirflowFailException, match="no parameter scope_date_form"):
            refuse({"dag": dag, "dag_run": Run()})


def test_a_run_with_a_parameter_that_does_not_exist_writes_nothing(warehouse, airflow_metadata) -> None:
    from control_tower.airflow_dags.identity_ingestion import identity_ingestion

    run = identity_ingestion().test(run_conf={"scope_date_form": "2026-01-01"})
    assert run.state == "failed"
    assert warehouse.execute("select count(*) from canon.records_index").fetchall() == [(0,)]
    assert warehouse.execute("select error_message from ops.ingestion_runs").fetchall() == [], "nothing is wrong"
