"""What the database refuses: the error names host, database and what is missing, never a password; nothing is
half-written, and once it is put right the next run does the work."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import psycopg
import pytest

from control_tower import errors, runs
from control_tower.migrate import migrate
from control_tower.settings import get_settings
from tests.identity import crashes, results
from tests.identity.crashes import closed_gate, let_time_pass
from tests.pipeline import ingest

Warehouse = psycopg.Connection[Any]
PASSWORD = "v3ry-s3cret"


@pytest.fixture(scope="module")
def expected(
    told: Any,
) -> dict[str, list[str]]:
    """The result of an undisturbed run on the rows of the day."""

    def undisturbed(warehouse: Warehouse) -> dict[str, list[str]]:
        crashes.today(warehouse)
        ingest()
        return results.settled(warehouse)

    return told(undisturbed)[1]


@pytest.fixture
def day(expected: dict[str, list[str]], warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch) -> Warehouse:
    """A warehouse with the rows of a day, not ingested."""
    monkeypatch.setenv("CONTROL_TOWER_TAKEOVER_SECONDS", "1")
    crashes.today(warehouse)
    warehouse.execute(crashes.GATES)  # type: ignore[arg-type]
    return warehouse


@pytest.fixture
def clerk(server: Any, day: Warehouse) -> Iterator[str]:
    """A role with all privileges that the pipeline needs, and a required password."""
    everything = ("canon", "observational", "ops")
    day.execute(f"drop role if exists clerk; create role clerk login password '{PASSWORD}'")  # type: ignore[arg-type]
    for schema in (*everything, "public"):
        day.execute(
            f"grant usage on schema {schema} to clerk; grant select on all tables in schema {schema} to clerk"  # type: ignore[arg-type]
        )
    for schema in everything:
        day.execute(
            f"grant insert, update, delete, maintain on all tables in schema {schema} to clerk;"  # type: ignore[arg-type]
            f" grant usage on all sequences in schema {schema} to clerk;"
            f" grant execute on all functions in schema {schema} to clerk"
        )
    rules = day.execute("show hba_file").fetchone()
    assert rules is not None
    path = server._embedded.data / "pg_hba.conf"
    assert str(path) == rules[0]
    before = path.read_text()
    path.write_text(f"local all clerk scram-sha-256\n{before}")
    day.execute("select pg_reload_conf()")
    yield "clerk"
    path.write_text(before)
    day.execute("select pg_reload_conf()")
    day.execute("drop owned by clerk; drop role clerk")


def connection_of(warehouse: Warehouse, role: str, password: str) -> str:
    return f"postgres://{role}:{password}@{quote(warehouse.info.host, safe='')}/{warehouse.info.dbname}"


def states(warehouse: Warehouse) -> list[str]:
    return [row[0] for row in warehouse.execute("select status::text from ops.ingestion_runs order by id")]


def test_a_role_that_owns_nothing_is_enough(
    day: Warehouse, clerk: str, expected: dict[str, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_CONTROL_TOWER", connection_of(day, clerk, PASSWORD))
    ingest()
    assert results.settled(day) == expected


def test_a_wrong_password_is_named_and_not_shown(day: Warehouse, clerk: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_CONTROL_TOWER", connection_of(day, clerk, "wr0ng"))
    with pytest.raises(errors.DatabaseUnreachable) as refused:
        ingest()
    message = str(refused.value)
    for part in (f'database "{day.info.dbname}"', f'host "{day.info.host}"', 'user "clerk"', "password"):
        assert part in message
    assert "wr0ng" not in message
    assert PASSWORD not in message
    assert states(day) == []


def test_a_database_that_does_not_exist_is_named(day: Warehouse, clerk: str, monkeypatch: pytest.MonkeyPatch) -> None:
    uri = connection_of(day, clerk, PASSWORD).replace(f"/{day.info.dbname}", "/nowhere")
    monkeypatch.setenv("AIRFLOW_CONN_CONTROL_TOWER", uri)
    with pytest.raises(errors.DatabaseUnreachable, match='"nowhere" does not exist') as refused:
        ingest()
    assert PASSWORD not in str(refused.value)


@pytest.mark.parametrize(
    ("right", "names"),
    [
        ("select on canon.source_drivers", "source_drivers"),
        ("insert on canon.identity_links", "identity_links"),
        ("update on canon.identity_unmatched", "identity_unmatched"),
        ("delete on canon.evaluation_queue", "evaluation_queue"),
        ("insert on ops.ingestion_runs", "ingestion_runs"),
    ],
)
def test_a_missing_right_is_named_and_once_granted_the_next_run_does_the_work(
    day: Warehouse,
    clerk: str,
    right: str,
    names: str,
    expected: dict[str, list[str]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_CONTROL_TOWER", connection_of(day, clerk, PASSWORD))
    day.execute(f"revoke {right} from clerk")  # type: ignore[arg-type]
    with pytest.raises(errors.PermissionMissing) as refused:
        ingest()
    message = str(refused.value)
    for part in (f'database "{day.info.dbname}"', f'host "{day.info.host}"', names, "permission denied", "Next: let "):
        assert part in message
    assert PASSWORD not in message
    assert day.execute("select count(*) from observational.lead_events").fetchone() == (0,), "nothing is half-written"

    day.execute(f"grant {right} to clerk")  # type: ignore[arg-type]
    let_time_pass(day)
    ingest()
    assert results.settled(day) == expected


def test_a_view_of_ours_that_somebody_dropped_is_named(day: Warehouse, expected: dict[str, list[str]]) -> None:
    day.execute("drop view canon.source_row_chunks")

    with pytest.raises(errors.ObjectMissing, match=r'"canon\.source_row_chunks" does not exist') as refused:
        ingest()
    assert "Next: run the DAG migrate_schema" in str(refused.value)
    assert day.execute("select count(*) from canon.records_index").fetchone() == (0,)

    migrate(day.info.dsn)
    let_time_pass(day)
    ingest()
    assert results.settled(day) == expected


def test_a_database_that_was_never_prepared_is_told_how(
    server: Any, empty_database: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = empty_database.query("select current_database()")[0][0]
    monkeypatch.setenv("AIRFLOW_CONN_CONTROL_TOWER", server.airflow_uri(name))
    with pytest.raises(errors.ObjectMissing, match=f'database "{name}"') as refused:
        ingest()
    assert "Next: run the DAG migrate_schema" in str(refused.value)


@pytest.mark.parametrize(
    ("setting", "says"),
    [("LOCK_TIMEOUT_SECONDS", "lock timeout"), ("STATEMENT_TIMEOUT_SECONDS", "statement timeout")],
)
def test_a_time_limit_is_worth_another_try(
    day: Warehouse, setting: str, says: str, expected: dict[str, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(f"CONTROL_TOWER_{setting}", "1")
    get_settings.cache_clear()
    with closed_gate(day, "identity_unmatched"), pytest.raises(errors.DatabaseBusy, match=says) as busy:
        ingest()
    assert busy.value.is_retryable
    let_time_pass(day)
    ingest()
    assert results.settled(day) == expected
    assert states(day) == ["FAILED", "COMPLETED"]


@pytest.mark.parametrize("state", ["40001", "40P01"])
def test_a_conflict_with_another_transaction_is_worth_another_try(
    day: Warehouse, state: str, expected: dict[str, list[str]]
) -> None:
    day.execute(
        "create function public.conflict() returns trigger language plpgsql as"
        f" $$ begin raise exception 'could not serialize' using errcode = '{state}'; end $$;"  # type: ignore[arg-type]
        " create trigger conflict after insert on canon.identity_links for each row execute function public.conflict()"
    )
    with pytest.raises(errors.DatabaseBusy, match="could not serialize") as busy:
        ingest()
    assert busy.value.is_retryable
    assert day.execute("select count(*) from canon.identity_registry").fetchone() == (0,), "rolled back as a whole"

    day.execute("drop trigger conflict on canon.identity_links")
    let_time_pass(day)
    ingest()
    assert results.settled(day) == expected


def test_the_first_error_of_a_run_is_the_one_that_is_kept(warehouse: Warehouse) -> None:
    run_id = runs.open_run("identity_run")
    runs.fail_run(run_id, "drivers: the cause")
    runs.fail_run(run_id, "a consequence")
    with pytest.raises(errors.RunIncomplete, match="drivers"):
        runs.close_run(run_id, ["drivers"])
    row = warehouse.execute("select status::text, error_message from ops.ingestion_runs").fetchone()
    assert row == ("FAILED", "drivers: the cause")
