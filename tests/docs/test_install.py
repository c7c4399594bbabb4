"""What the page on installing says to type is what works; sections marked † are of services that are not here."""

from __future__ import annotations

import configparser
import json
import re
import shlex
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from packaging.requirements import Requirement

import control_tower
from tests.docs.pages import Block, blocks
from tests.docs.shell import airflow
from tests.package.conftest import PROJECT

PAGE = "docs/install.md"
WHEEL = f"control_tower-{control_tower.__version__}-py3-none-any.whl"
EXTRAS = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]["optional-dependencies"]


def test_the_wheel_that_it_names_is_the_one_that_is_built() -> None:
    for page in (PAGE, "README.md"):
        named = re.findall(r"control_tower-[\w.]+-py3-none-any\.whl(?:\[([\w,]+)\])?", (PROJECT / page).read_text())
        assert named
        assert set(re.findall(r"control_tower-[\w.-]+?\.whl", (PROJECT / page).read_text())) == {WHEEL}
        assert {extra for extras in named for extra in extras.split(",") if extra} <= EXTRAS.keys()


@pytest.mark.parametrize("block", blocks(PAGE, "README.md", language="sh"), ids=str)
def test_each_command_can_be_typed(block: Block) -> None:
    for line in block.text.strip().splitlines():
        for command in line.partition("#")[0].split("&&"):
            words = shlex.split(command)
            match words:
                case ["export", variable]:
                    assert variable.startswith("AIRFLOW_CONN_CONTROL_TOWER=postgres://")
                case ["pip", "install", wheel]:
                    assert WHEEL in wheel
                case ["cp", *files, _]:
                    assert all((PROJECT / file).parent.is_dir() for file in files)
                case ["airflow", *_]:
                    airflow(words)
                case ["python3" | "docker", *_]:
                    assert block.page == "README.md", "other tests try these"
                case _:
                    pytest.fail(f"{block}: no test knows how to try {command}")


@pytest.mark.parametrize("block", blocks(PAGE, language="python"), ids=str)
def test_a_dag_file_that_it_shows_makes_a_dag(block: Block, tmp_path: Path) -> None:
    from airflow.dag_processing.dagbag import DagBag

    (tmp_path / "shown.py").write_text(block.text)
    bag = DagBag(dag_folder=str(tmp_path), load_op_links=False, collect_dags=True)
    assert bag.import_errors == {}
    assert len(bag.dags) == 1


def test_the_bundle_that_it_configures_is_one_of_airflow_s(block_of: Any) -> None:
    parser = configparser.ConfigParser()
    parser.read_string(block_of("ini"))
    (bundle,) = json.loads(parser["dag_processor"]["dag_bundle_config_list"])
    module, _, name = bundle["classpath"].rpartition(".")
    git = pytest.importorskip(module)
    kwargs = bundle["kwargs"]
    assert set(kwargs) <= set(getattr(git, name).__init__.__code__.co_varnames)


def test_the_image_and_the_chart_s_values_are_well_formed(block_of: Any) -> None:
    dockerfile, values = block_of("dockerfile"), yaml.safe_load(block_of("yaml"))
    (locked,) = re.findall(r"^apache-airflow==(\S+)", (PROJECT / "requirements.txt").read_text(), re.MULTILINE)
    assert f"apache/airflow:{locked}-" in dockerfile
    assert f'"apache-airflow=={locked}"' in dockerfile
    assert Requirement(f"apache-airflow=={locked}")
    assert values["executor"] == "KubernetesExecutor"
    assert {entry["envName"] for entry in values["secret"]} == {"AIRFLOW_CONN_CONTROL_TOWER"}


@pytest.fixture
def block_of() -> Any:
    """The only block of the page in a language."""

    def only(language: str) -> str:
        (block,) = blocks(PAGE, language=language)
        return block.text

    return only


def test_each_setting_that_it_names_exists() -> None:
    from control_tower.settings import ENV_PREFIX, Settings

    text = (PROJECT / PAGE).read_text()
    named = set(re.findall(rf"(?<!CONN_){ENV_PREFIX}([A-Z_]+)\b", text))
    assert {name.lower() for name in named} <= set(Settings.model_fields)
