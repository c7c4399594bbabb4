"""Five faults are planted; the code of each leads to its section, whose queries and commands show the cause."""

from __future__ import annotations

import re
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import psycopg
import pytest

from control_tower.monitoring.delivery import message
from devtools.local.service_user import choose_service_user, place_programs
from tests.deploy.compose import PROJECT
from tests.deploy.conftest import free_ports

Warehouse = psycopg.Connection[Any]
REMEDY = {"es": "**Qué hacer.**", "en": "**What to do.**"}


def section(anchor: str, language: str) -> str:
    """The text of a section, up to the next one."""
    text = (PROJECT / f"docs/runbook.{language}.md").read_text()
    return text.split(f'<a id="{anchor}"></a>')[1].split("<a id=")[0]


def rows(warehouse: Warehouse, anchor: str, language: str, number: int = 0) -> list[dict[str, Any]]:
    """What a query of a section answers."""
    queries = re.findall(r"```sql\n(.*?)```", section(anchor, language), re.DOTALL)
    cursor = warehouse.execute(queries[number].encode())
    names = [column.name for column in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor]


def section_of_code(state: str, language: str) -> str:
    """The section to which an alert of that state links."""
    return message.runbook("pipeline", state, language).partition("#")[2]


@pytest.mark.parametrize("language", REMEDY)
def test_a_stale_ingestion_is_found_by_its_code(language: str, own_fleet: Warehouse):
    own_fleet.execute(
        "update ops.ingestion_runs set started_at = now() - interval '50 hours', completed_at = now() - interval"
        " '49 hours' where job_type = 'identity_run'"
    )
    found = {row["job_type"]: row for row in rows(own_fleet, "health-sql", language)}["identity_run"]
    assert (found["severity"], found["state"]) == ("RED", "RED_INGESTION_STALE")
    told = section(section_of_code(found["state"], language), language)
    assert "(#no-ingestion)" in told
    # Nothing failed and nothing is at work: no run was started since.
    assert {row["status"] for row in rows(own_fleet, "no-ingestion", language)} == {"COMPLETED"}
    assert REMEDY[language] in told


@pytest.mark.parametrize("language", REMEDY)
def test_a_conflict_is_found_with_the_scouts_that_claim(language: str, fleet: Warehouse):
    found = rows(fleet, "problem-conflicts", language)
    assert [7, 9] in [row["scout_ids"] for row in found]
    assert "(#decide-scout)" in section("problem-conflicts", language)
    assert "resolve_scout_conflict" in section("decide-scout", language)


@pytest.mark.parametrize("language", REMEDY)
def test_a_paused_dag_is_found_by_its_code(language: str, own_fleet: Warehouse):
    own_fleet.execute(
        "insert into ops.dag_observations (dag_id, is_paused, has_import_error, observed_at)"
        " values ('identity_ingestion', true, false, now())"
        " on conflict (dag_id) do update set is_paused = true, observed_at = now()"
    )
    found = {row["job_type"]: row for row in rows(own_fleet, "health-sql", language)}["identity_run"]
    assert "YELLOW_DAG_PAUSED" in found["states"]
    anchor = section_of_code("YELLOW_DAG_PAUSED", language)
    assert ("identity_ingestion", True) in [
        (row["dag_id"], row["is_paused"]) for row in rows(own_fleet, anchor, language)
    ]
    assert "airflow dags unpause identity_ingestion" in section(anchor, language)


@pytest.mark.parametrize("language", REMEDY)
def test_a_mail_server_that_refuses_is_found_with_its_answer(language: str, own_fleet: Warehouse):
    own_fleet.execute(
        "update ops.alert_deliveries set attempts = 3, last_attempt_at = now(), last_error = '550 no such user'"
        " where channel = 'mail'"
    )
    anchor = section_of_code("YELLOW_DELIVERY_FAILING", language)
    waiting = [row for row in rows(own_fleet, anchor, language) if row["channel"] == "mail"]
    assert waiting
    assert all("550 no such user" in row["last_error"] for row in waiting)
    assert REMEDY[language] in section(anchor, language)
    assert f"({'#' + anchor})" in section("problem-mail", language)


@pytest.mark.parametrize("language", REMEDY)
def test_a_database_that_is_down_is_found_by_the_first_command(language: str):
    anchor = section_of_code("RED_DATABASE_UNREACHABLE", language)
    command = re.search(r"^pg_isready (.+)$", section(anchor, language), re.MULTILINE)
    assert command is not None
    programs = place_programs(choose_service_user(Path(tempfile.gettempdir()) / "no-data"))
    (nobody,) = free_ports(1)
    words = command[1].replace("localhost", "127.0.0.1").replace("5432", str(nobody)).split()
    done = subprocess.run([programs / "pg_isready", *words], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "no response" in done.stdout
    assert REMEDY[language] in section(anchor, language)
