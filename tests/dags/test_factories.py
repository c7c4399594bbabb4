"""What a DAG file of one's own may change about a DAG of the package."""

from __future__ import annotations

from pathlib import Path

import pytest

TWO_LINES = """\
from control_tower.airflow_dags.identity_ingestion import identity_ingestion

identity_ingestion({arguments})
"""


@pytest.fixture
def dag_of(tmp_path: Path):
    """Reads a DAG file of two lines as Airflow does, and returns its only DAG."""
    from airflow.dag_processing.dagbag import DagBag

    def read(arguments: str = ""):
        (tmp_path / "mine.py").write_text(TWO_LINES.format(arguments=arguments))
        bag = DagBag(dag_folder=str(tmp_path), load_op_links=False, collect_dags=True)
        assert bag.import_errors == {}
        (dag,) = bag.dags.values()
        return dag

    return read


def test_two_lines_make_the_dag_as_documented(dag_of) -> None:
    dag = dag_of()
    assert (dag.dag_id, dag.schedule) == ("identity_ingestion", "0 */6 * * *")
    assert {task.pool for task in dag.tasks} == {"default_pool"}
    assert Path(dag.fileloc).name == "mine.py"


def test_schedule_tags_and_pool_are_those_of_the_file(dag_of) -> None:
    dag = dag_of("schedule='30 5 * * *', tags=['fleet'], pool='warehouse'")
    assert dag.schedule == "30 5 * * *"
    assert dag.tags == {"control-tower", "identity", "fleet"}
    assert {task.pool for task in dag.tasks} == {"warehouse"}
    assert {task.retries for task in dag.tasks} == {2}, "what the package says about its tasks stays"


def test_no_schedule_is_a_dag_that_people_start(dag_of) -> None:
    assert dag_of("schedule=None").schedule is None


def test_further_arguments_reach_every_task(dag_of) -> None:
    dag = dag_of("default_args={'queue': 'big', 'retries': 5}")
    assert {(task.queue, task.retries, task.owner) for task in dag.tasks} == {("big", 5, "control-tower")}


def test_an_argument_that_does_not_exist_is_an_import_error(tmp_path: Path) -> None:
    from airflow.dag_processing.dagbag import DagBag

    (tmp_path / "mine.py").write_text(TWO_LINES.format(arguments="schedul='@daily'"))
    bag = DagBag(dag_folder=str(tmp_path), load_op_links=False, collect_dags=True)
    (error,) = bag.import_errors.values()
    assert "schedul" in error
