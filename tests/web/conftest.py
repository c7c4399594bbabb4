"""Airflow's own API server application with the plugin mounted in it, in this process, with users of three roles.

Most tests only look, and share two warehouses: an empty one, which stands behind every client, and `fleet`. A test that
writes asks for one of its own: `warehouse` or `own_fleet`. When the session ends, the shared ones must be as they were.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from starlette.testclient import TestClient

from control_tower.review_cases import complete_cases
from control_tower.settings import get_settings
from control_tower.web import listing, pool
from tests.attribution import datasets
from tests.identity import crashes
from tests.pipeline import attribute, ingest
from tests.web.browsing import browser_of

API = "/control-tower/api/v1"
USERS = {"editor": "USER", "viewer": "VIEWER", "admin": "ADMIN"}

ALERTS = """
insert into ops.alert_episodes (cause, severity, worst_severity, opened_at, closed_at, problems, messages)
values
('sources', 'RED', 'RED', now() - interval '3 hours', null, '{"source.drivers": "RED"}', 1),
('pipeline', 'YELLOW', 'RED', now() - interval '2 days', null, '{"pipeline.identity_run": "YELLOW"}', 2),
('pipeline', 'YELLOW', 'YELLOW', now() - interval '9 days', now() - interval '8 days', '{}', 2);
insert into ops.alert_deliveries (
    episode_id, message, channel, kind, message_id, facts, status, queued_at, next_attempt_at
)
select id, 1, channel, 'OPENED', id || channel, '{}', 'PENDING', opened_at, opened_at
from ops.alert_episodes cross join unnest(array['mail', 'slack']) as channel;
insert into ops.check_states (check_name, subject, cause, severity, state, details, since, checked_at)
values
('source.drivers', 'drivers', 'sources', 'RED', 'RED_NO_DATA', '{"sample": ["ANA TORRES"]}', now(), now()),
('pipeline.identity_run', 'identity_run', 'pipeline', 'OK', 'OK', '{}', now(), now());
insert into ops.check_state_changes (
    check_name, severity_old, state_old, severity_new, state_new, value, changed_at
)
values
('pipeline.identity_run', 'OK', 'OK', 'YELLOW', 'YELLOW_RUN_STUCK', '{}', now() - interval '3 days'),
('pipeline.identity_run', 'YELLOW', 'YELLOW_RUN_STUCK', 'OK', 'OK', '{}', now() - interval '2 days');
insert into ops.alert_mutes (target, reason, muted_by, muted_at, muted_until)
values ('source.module_ct_migrations', 'moved on Monday', 'rosa', now() - interval '1 hour', now() + interval '9 days');
"""
"""Two open alerts and one that is over, a message of each on both channels, two checks, one of which was yellow for a
day, and a mute."""


CLAIM_HISTORY = """
insert into ops.claim_changes (
    changed_at, run_id, change, reason_code, milestone_value, was_person_key, was_driver_id, was_lead_date, was_amount,
    was_currency, was_payment_status, is_person_key, is_driver_id, is_lead_date, is_amount, is_currency,
    is_payment_status, lost_payment_keys
)
select
    timestamptz '2026-11-03' + number * interval '1 hour', 2, 'DISAPPEARED', 'EARLIER_LEAD_DATE', 5, person_key, 'd1',
    '2026-11-01', 35, 'PEN', 'PAID', null, null, null, null, null, null, array['payment' || number]
from (select min(person_key::text)::uuid as person_key from canon.identity_registry) as person
cross join generate_series(1, 3) as number;
insert into canon.payments_without_claim (
    payment_key, payment_id, pay_date, driver_id, person_key, driver_name, milestone_value, lead_date, expected_amount,
    currency, since, run_id, reason_code, is_paid
)
select
    'payment' || number, number, '2026-11-02', 'd' || number, person_key, 'Ana Torres', 5, '2026-11-01', 35, 'PEN',
    timestamptz '2026-11-03' + number * interval '1 hour', 2, 'EARLIER_LEAD_DATE', number < 3
from (select min(person_key::text)::uuid as person_key from canon.identity_registry) as person
cross join generate_series(1, 3) as number;
"""
"""Three claims that went, with what paid them; the partner took one of the payments back."""

STATEMENTS = """
insert into ops.liquidation_periods (period_start, period_end, reason, closed_by, closed_at)
values
('2025-10-01', '2025-10-15', 'First half of October', 'editor', '2025-10-17 10:00-05'),
('2025-10-16', '2025-10-31', 'Second half of October', 'ana', '2025-11-02 10:00-05');
insert into ops.scout_statements (period_id, scout_id, currency, amount, line_count, correction_count)
values (1, 7, 'PEN', 110.00, 2, 0), (1, 9, 'PEN', 25.00, 1, 0), (2, 7, 'PEN', 65.00, 3, 2);
insert into ops.scout_statement_lines (
    statement_id, kind, reason_code, corrects_line_id, person_key, rule_id, origin_tag, milestone_trips, driver_id,
    lead_date, achieved_date, payable_date, amount
)
select line.statement_id, line.kind, line.reason, line.corrects, person.person_key, 1, 'cabinet', line.trips, 'd1',
    '2025-10-02', '2025-10-05', line.payable, line.amount
from (
    values
    (1, 1, 'EARNED', null, null, 1, 5, date '2025-10-06', 60.00),
    (2, 1, 'EARNED', null, null, 2, 5, '2025-10-07', 50.00),
    (3, 2, 'EARNED', null, null, 3, 1, '2025-10-06', 25.00),
    (4, 3, 'EARNED', null, null, 4, 25, '2025-10-20', 100.00),
    (5, 3, 'CORRECTION', 'LATE', null, 5, 1, '2025-10-14', 25.00),
    (6, 3, 'CORRECTION', 'NO_LONGER_DUE', 1, 1, 5, '2025-10-06', -60.00)
) as line (id, statement_id, kind, reason, corrects, person, trips, payable, amount)
inner join (
    select
        registry.person_key,
        row_number() over (order by registry.primary_full_name nulls last, registry.person_key) as id
    from canon.identity_registry as registry
) as person on person.id = line.person
order by line.id;
insert into ops.scout_statement_payments (statement_id, paid_on, reference, noted_by, noted_at)
values (1, '2025-10-20', 'OP-001', 'ana', '2025-10-20 15:00-05');
"""
"""Two closed periods. Scout 7: 60 + 50 = 110, paid; then 100 earned, 25 late, 60 no longer due: 65. Scout 9: 25."""

CONTENT = "select md5(string_agg(found::text, e'\\n' order by found::text)) from {} as found"


@pytest.fixture(scope="session")
def airflow_dags(airflow_metadata: None) -> None:
    """The project's DAGs as the API server knows them: serialised into Airflow's own tables, and not paused."""
    subprocess.run(
        [sys.executable, "-m", "airflow", "dags", "reserialize"],
        env={**os.environ, "AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION": "False"},
        check=True,
        capture_output=True,
    )


@pytest.fixture(scope="session")
def airflow_app(airflow_dags: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Airflow's application as the API server runs it."""
    passwords = tmp_path_factory.mktemp("airflow") / "passwords.json"
    passwords.write_text(json.dumps({user: f"{user}-password" for user in USERS}))
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv(
            "AIRFLOW__CORE__AUTH_MANAGER",
            "airflow.api_fastapi.auth.managers.simple.simple_auth_manager.SimpleAuthManager",
        )
        environment.setenv(
            "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS", ",".join(f"{user}:{role}" for user, role in USERS.items())
        )
        environment.setenv("AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE", str(passwords))
        environment.setenv("AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_ALL_ADMINS", "False")
        environment.setenv("AIRFLOW__API_AUTH__JWT_SECRET", "a secret of the tests " * 4)
        from airflow.api_fastapi.app import create_app

        with TestClient(create_app("core")) as client:
            yield client.app


@pytest.fixture(scope="session")
def tokens(airflow_app: Any) -> dict[str, str]:
    """A Bearer token of each user, as Airflow's login gives it."""
    client = TestClient(airflow_app)
    found = {}
    for user in USERS:
        answer = client.post("/auth/token", json={"username": user, "password": f"{user}-password"})
        assert answer.status_code == 201, answer.text
        found[user] = answer.json()["access_token"]
    return found


@pytest.fixture(autouse=True)
def fresh_web() -> Iterator[None]:
    """Sessions and remembered answers of one test are not those of the next."""
    yield
    pool.close_pools()
    listing.ttl_cache.clear()
    get_settings.cache_clear()


@pytest.fixture(scope="session")
def empty_for_all(server: Any, migrated_template: str) -> Iterator[str]:
    """Name of an empty warehouse that nobody writes to."""
    name = server.create(template=migrated_template)
    yield name
    assert changed_tables(server, migrated_template, name) == [], "a test wrote: let it ask for `warehouse`"
    server.drop(name)


@pytest.fixture(scope="session")
def fleet_for_all(server: Any, fleet_template: str) -> Iterator[str]:
    """Name of a warehouse with a fleet that nobody writes to."""
    name = server.create(template=fleet_template)
    yield name
    assert changed_tables(server, fleet_template, name) == [], "a test wrote: let it ask for `own_fleet`"
    server.drop(name)


def changed_tables(server: Any, before: str, after: str) -> list[str]:
    """Tables whose rows differ between two databases; who looked at persons is written by looking."""

    def contents(name: str) -> dict[str, str | None]:
        with psycopg.connect(server.uri(name)) as connection:
            tables = connection.execute(
                "select format('%I.%I', schemaname, relname) from pg_stat_user_tables"
                " where relname <> 'personal_data_access' order by 1"
            ).fetchall()
            return {table: connection.execute(CONTENT.format(table).encode()).fetchone()[0] for (table,) in tables}  # type: ignore[index]

    first, second = contents(before), contents(after)
    return [table for table in first if first[table] != second.get(table)]


@pytest.fixture
def nothing_else(server: Any, empty_for_all: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The web is on the shared empty warehouse, unless the test asks for another."""
    monkeypatch.setenv("AIRFLOW_CONN_CONTROL_TOWER", server.airflow_uri(empty_for_all))


@pytest.fixture
def warehouse(nothing_else: None, warehouse: psycopg.Connection[Any]) -> psycopg.Connection[Any]:
    """A session on an empty warehouse of one's own, whatever else a test asks for."""
    return warehouse


@pytest.fixture
def anonymous(airflow_app: Any, nothing_else: None) -> TestClient:
    """A client that is not logged in; server errors are answers, as they are on a real server."""
    return TestClient(airflow_app, raise_server_exceptions=False, headers={"Accept-Language": "en"})


def client_of(app: Any, token: str) -> TestClient:
    headers = {"Authorization": f"Bearer {token}", "Accept-Language": "en"}
    return TestClient(app, base_url=f"http://testserver{API}", raise_server_exceptions=False, headers=headers)


@pytest.fixture
def editor(airflow_app: Any, tokens: dict[str, str], nothing_else: None) -> TestClient:
    """A client of a user who may start DAGs and sees personal data; paths are below the API."""
    return client_of(airflow_app, tokens["editor"])


@pytest.fixture
def viewer(airflow_app: Any, tokens: dict[str, str], nothing_else: None) -> TestClient:
    """A client of a user who may only look."""
    return client_of(airflow_app, tokens["viewer"])


@pytest.fixture(scope="session")
def fleet_template(server: Any, migrated_template: str) -> str:
    """Name of a warehouse with records of every kind, ingested and attributed, for cloning.

    Scouts 7 and 9 claim person 1; l6 and others are without a person; a name could be a formula. Scout 33 has the name
    of a driver whom they brought.
    """
    name = server.create(template=migrated_template)
    with pytest.MonkeyPatch.context() as environment, psycopg.connect(server.uri(name), autocommit=True) as connection:
        environment.setenv("AIRFLOW_CONN_CONTROL_TOWER", server.airflow_uri(name))
        get_settings.cache_clear()
        crashes.yesterday(connection)
        crashes.today(connection)
        connection.execute(
            "insert into public.module_ct_scouts_list (scout_id, raw_name, is_active) values (7, 'Tito Zorro', true),"
            " (9, '=Mara \"Cruz\"', true), (33, 'Ortíz Núñez, Carla', false)"
        )
        person = datasets.person(connection, 1)
        for scout in (7, 9):
            datasets.event(connection, person, datasets.SCOUTING, scout)
        # trips that reach a milestone, so that there is something to collect and to pay
        connection.execute(
            "insert into public.summary_daily (driver_id, date_file, count_orders_completed)"
            " select driver.driver_id, '02-11-2026', 6 from public.drivers as driver"
        )
        ingest()
        attribute()
        connection.execute(ALERTS.encode())
        connection.execute(CLAIM_HISTORY.encode())
        with connection.transaction():
            complete_cases(connection)
        connection.execute(STATEMENTS.encode())
        connection.execute("analyze")
    return str(name)


@pytest.fixture
def fleet(
    server: Any, fleet_for_all: str, nothing_else: None, monkeypatch: pytest.MonkeyPatch
) -> Iterator[psycopg.Connection[Any]]:
    """A session that cannot write, on the shared warehouse with a fleet."""
    monkeypatch.setenv("AIRFLOW_CONN_CONTROL_TOWER", server.airflow_uri(fleet_for_all))
    options = "-c default_transaction_read_only=on"
    with psycopg.connect(server.uri(fleet_for_all), options=options, autocommit=True) as connection:
        yield connection


@pytest.fixture
def own_fleet(
    server: Any, fleet_template: str, nothing_else: None, monkeypatch: pytest.MonkeyPatch
) -> Iterator[psycopg.Connection[Any]]:
    """A session on a copy of that warehouse, to write to."""
    name = server.create(template=fleet_template)
    monkeypatch.setenv("AIRFLOW_CONN_CONTROL_TOWER", server.airflow_uri(name))
    with psycopg.connect(server.uri(name), autocommit=True) as connection:
        yield connection
    server.drop(name)


@pytest.fixture
def no_dag_runs(airflow_app: Any) -> Iterator[None]:
    """Airflow knows no run of any DAG, and no DAG is paused, before and after the test."""
    from airflow.models.dag import DagModel
    from airflow.models.dagrun import DagRun
    from airflow.models.log import Log
    from airflow.utils.session import create_session
    from sqlalchemy import delete, update

    def forget() -> None:
        with create_session() as session:
            session.execute(delete(DagRun))
            session.execute(delete(Log))
            session.execute(update(DagModel).values(is_paused=False))

    forget()
    yield
    forget()


@pytest.fixture
def reader(airflow_app: Any, tokens: dict[str, str], nothing_else: None) -> TestClient:
    """A browser of a user who may only look."""
    return browser_of(airflow_app, tokens["viewer"], **{"Accept-Language": "es"})


@pytest.fixture
def decider(airflow_app: Any, tokens: dict[str, str], nothing_else: None) -> TestClient:
    """A browser of a user who may start DAGs and sees personal data."""
    return browser_of(airflow_app, tokens["editor"], **{"Accept-Language": "en"})
