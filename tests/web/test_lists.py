"""Lists: pages that neither overlap nor leave anything out, orders, filters, and exports that equal the view."""

from __future__ import annotations

import csv
import io
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import psycopg
import pytest
from psycopg.rows import dict_row
from starlette.testclient import TestClient

from control_tower.migrate import migrate
from control_tower.web import csv_export, pool
from control_tower.web.csv_export import Notation
from control_tower.web.listing import Listing, TTLCache
from control_tower.web.queries import attribution, health, identity, money, runs, scouts, statements
from tests.web.test_access import filled, routes

LISTS: dict[str, tuple[Listing[Any], str, str]] = {
    "/scouts/attribution/conflicts": (attribution.CONFLICTS, "conflicts", "ops.v_scout_attribution_conflicts"),
    "/scouts/attribution/backlog": (attribution.BACKLOG, "backlog", "ops.v_persons_without_scout_categorized"),
    "/identity/runs": (runs.RUNS, "items", "ops.v_ingestion_runs"),
    "/identity/contested": (identity.CONTESTED, "items", "ops.v_identity_contested"),
    "/identity/calibration": (identity.CALIBRATION, "items", "ops.v_match_calibration"),
    "/unmatched": (identity.UNMATCHED, "items", "ops.v_identity_unmatched where status = 'OPEN'"),
    "/yango/cabinet/collection-with-scout": (money.COLLECTION, "items", "ops.v_yango_collection_with_scout"),
    "/yango/cabinet/payments-without-claim": (
        money.PAYMENTS_WITHOUT_CLAIM,
        "items",
        "ops.v_payments_without_claim",
    ),
    "/yango/cabinet/claim-changes": (money.CLAIM_CHANGES, "items", "ops.v_claim_change_history"),
    "/scouts/liquidation/base": (money.LIQUIDATION, "items", "ops.v_scout_payment_base"),
    "/scouts": (scouts.SCOUTS, "items", "ops.v_scouts"),
    "/scouts/signals": (scouts.SIGNALS, "items", "ops.v_scout_signals"),
    "/scouts/{scout_id}/persons": (scouts.PERSONS, "items", "ops.v_scout_liquidation where scout_id = 33"),
    "/scouts/{scout_id}/signals": (scouts.SIGNAL_ROWS, "items", "ops.v_scout_signal_rows where scout_id = 33"),
    "/scouts/statements": (statements.STATEMENTS, "items", "ops.v_scout_statements"),
    "/scouts/statements/periods": (statements.PERIODS, "items", "ops.v_liquidation_periods"),
    "/scouts/statements/{statement_id}/lines": (
        statements.LINES,
        "items",
        "ops.v_scout_statement_lines where statement_id = 3",
    ),
    "/health/sources": (health.SOURCES, "items", "ops.v_data_health_status"),
    "/health/checks": (health.CHECKS, "items", "ops.v_check_results"),
    "/health/sources/{source_name}/days": (
        health.SOURCE_DAYS,
        "items",
        "ops.v_source_days where source_name = 'drivers'",
    ),
    "/health/check-changes": (health.CHECK_CHANGES, "items", "ops.v_check_state_changes"),
    "/identity/links": (runs.LINKS, "items", "ops.v_identity_links"),
    "/runs/audit-rows": (runs.AUDIT_ROWS, "items", "ops.v_backfill_audit"),
    "/scouts/attribution/attributed": (
        attribution.ATTRIBUTED,
        "items",
        "ops.v_lead_ledger where attributed_scout_id is not null",
    ),
    "/alerts": (health.ALERTS, "items", "ops.v_open_alerts"),
    "/alerts/history": (health.ALERT_HISTORY, "items", "ops.v_alert_history"),
    "/alerts/deliveries": (health.DELIVERIES, "items", "ops.v_alert_deliveries"),
    "/alerts/mutes": (health.MUTES, "items", "ops.v_alert_mutes"),
}
"""Path of each list, the list, the name of its rows, and the view that it shows whole."""


FOUND_BY_RUNS = {"/rehearsals/differences"}
"""Exports of what Airflow keeps of a run: no lists of the database, with tests of their own."""

TOLD_AT_READ_TIME = {"age", "age_days", "checked_at", "ingestion_lag_interval", "since"}
"""Columns that differ from one moment to the next (`since` of a check that nobody has ever made)."""


def lasting(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{name: value for name, value in row.items() if name not in TOLD_AT_READ_TIME} for row in rows]


def test_every_list_is_here_and_has_an_export() -> None:
    paths = {path for method, path in routes() if method == "GET"}
    exported = {path.removesuffix(".csv") for path in paths if path.endswith(".csv")}
    assert set(LISTS) == exported - FOUND_BY_RUNS
    assert exported - FOUND_BY_RUNS <= paths


@pytest.mark.parametrize("path", LISTS)
def test_pages_put_together_are_the_view(editor: TestClient, fleet: psycopg.Connection[Any], path: str) -> None:
    listing, key, view = LISTS[path]
    (total,) = fleet.execute(f"select count(*) from {view}").fetchone() or (0,)  # type: ignore[arg-type]
    assert total > 0, "the fleet has something to show"
    for order in listing.orders:
        for sign in ("", "-"):
            seen: list[Any] = []
            for page in range(1, total + 1):
                body = editor.get(filled(path), params={"page": page, "page_size": 1, "sort": sign + order}).json()
                assert body["pagination"] == {"page": page, "page_size": 1, "total": total, "total_pages": total}
                seen += body[key]
            whole = editor.get(filled(path), params={"page_size": 500, "sort": sign + order}).json()[key]
            assert lasting(seen) == lasting(whole), f"{sign}{order}"
            assert len(whole) == total
    assert editor.get(filled(path), params={"page": total + 1, "page_size": 1}).json()[key] == []


@pytest.mark.parametrize("path", LISTS)
def test_an_order_orders_and_its_opposite_too(editor: TestClient, fleet: psycopg.Connection[Any], path: str) -> None:
    listing, key, _ = LISTS[path]
    for order, columns in listing.orders.items():
        column, descends = columns[0]
        for sign in ("", "-"):
            rows = editor.get(filled(path), params={"page_size": 500, "sort": sign + order}).json()[key]
            if column == "badness":
                worth = ("OK", "UNKNOWN", "YELLOW", "RED")
                found = [worth.index(row["severity"]) for row in rows]
            else:
                found = [row[column] for row in rows if row[column] is not None]
            assert found == sorted(found, reverse=descends != bool(sign)), f"{sign}{order}"


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize(
    "query",
    [
        "page_size=0",
        "page_size=501",
        "page=0",
        "page=-1",
        "page=99999999999999999999",
        "page=x",
        "sort=nothing",
        "sort=person_key;drop table x",
        "sort=--since",
        "category=Z",
        "status=MAYBE",
        "payment_status=%00",
        "scout_id=-1",
        "scout_id=2147483648",
        "reason_code=%00",
        "unknown=1",
    ],
)
def test_a_query_that_makes_no_sense_is_refused(viewer: TestClient, path: str, query: str) -> None:
    answer = viewer.get(f"{filled(path)}?{query}")
    assert answer.status_code == 422
    body = answer.json()
    assert body["code"] == "INVALID"
    assert body["fields"][0]["field"] == f"query.{query.split('=', maxsplit=1)[0]}"


def parsed(text: str, columns: list[str], separator: str = ",") -> list[dict[str, str]]:
    """The rows of a file under the names of their columns, whose heads are in the reader's words."""
    assert text[0] == csv_export.BYTE_ORDER_MARK
    written = csv_export.columns_with_names(columns)
    head, *rows = csv.reader(io.StringIO(text[1:]), delimiter=separator)
    assert len(set(head)) == len(written)
    return [dict(zip(written, row, strict=True)) for row in rows]


@pytest.mark.parametrize(("said", "status"), [("5", 200), ("5.0", 200), ("5.5", 422), ("4", 422), ("inf", 422)])
def test_a_milestone_is_a_number_however_it_is_written(
    viewer: TestClient, fleet: psycopg.Connection[Any], said: str, status: int
) -> None:
    answer = viewer.get(f"/yango/cabinet/collection-with-scout?milestone={said}")
    assert answer.status_code == status
    if status == 200:
        assert {item["milestone_value"] for item in answer.json()["items"]} == {5}


@pytest.mark.parametrize("path", LISTS)
def test_an_export_equals_the_view(editor: TestClient, fleet: psycopg.Connection[Any], path: str) -> None:
    listing, _, view = LISTS[path]
    answer = editor.get(f"{filled(path)}.csv")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"] == f'attachment; filename="{listing.name}.csv"'
    rows = parsed(answer.text, listing.columns())
    with fleet.cursor(row_factory=dict_row) as cursor:
        expected = cursor.execute(f"select * from {view}").fetchall()  # type: ignore[arg-type]
    shared = [column for column in listing.columns() if column in expected[0] and column not in TOLD_AT_READ_TIME]
    assert len(shared) >= len(listing.columns()) / 2

    def as_text(row: dict[str, Any]) -> tuple[str, ...]:
        return tuple(csv_export.cell(row[column], Notation.of("en")) for column in shared)

    assert sorted(tuple(row[column] for column in shared) for row in rows) == sorted(map(as_text, expected))


def test_an_export_has_the_filters_and_the_order_of_its_list(
    editor: TestClient, fleet: psycopg.Connection[Any]
) -> None:
    asked = {"payment_status": "ELIGIBLE", "sort": "-scout_id"}
    rows = parsed(editor.get("/scouts/liquidation/base.csv", params=asked).text, money.LIQUIDATION.columns())
    items = editor.get("/scouts/liquidation/base", params=asked).json()["items"]
    assert [row["person_key"] for row in rows] == [item["person_key"] for item in items]
    assert {row["payment_status"] for row in rows} == {"ELIGIBLE"}


def test_an_export_is_complete_however_long_it_is(editor: TestClient, warehouse: psycopg.Connection[Any]) -> None:
    number = csv_export.CHUNK_ROWS * 9 + 7
    warehouse.execute(
        "insert into canon.identity_registry (person_key, confidence_level)"
        " select gen_random_uuid(), 'LOW' from generate_series(1, %s)",
        [number],
    )
    rows = parsed(editor.get("/scouts/attribution/backlog.csv").text, attribution.BACKLOG.columns())
    assert len({row["person_key"] for row in rows}) == len(rows) == number


def test_an_export_that_breaks_off_does_not_look_complete(
    editor: TestClient, warehouse: psycopg.Connection[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(*_: Any) -> Any:
        yield from [{"category": str(number)} for number in range(csv_export.CHUNK_ROWS)]
        raise psycopg.OperationalError("the server closed the connection")

    monkeypatch.setattr(Listing, "columns", lambda _: ["category"])
    monkeypatch.setattr(Listing, "export", breaks)
    with pytest.raises(Exception, match="response already started"):
        TestClient(editor.app, base_url=editor.base_url, headers=editor.headers).get("/scouts/attribution/backlog.csv")


def test_an_export_that_nobody_reads_any_more_gives_its_session_back(
    editor: TestClient, fleet: psycopg.Connection[Any]
) -> None:
    count = "select count(*) from pg_stat_activity where application_name = 'control_tower web' and state <> 'idle'"
    for _ in range(pool.MAX_EXPORTS + 2):
        assert editor.get("/unmatched.csv").status_code == 200
    assert fleet.execute(count).fetchone() == (0,)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (True, "true"),
        (False, "false"),
        (-5, "-5"),
        (Decimal("-12.50"), "-12.50"),
        (timedelta(days=1, seconds=1.5), "86401.5"),
        (date(2026, 11, 1), "2026-11-01"),
        (datetime(2026, 11, 1, 5, 0), "2026-11-01T05:00:00"),  # noqa: DTZ001 - a column without a zone
        ([7, None], "7, "),
        ({"name": "José"}, "name: José"),
        ([{"name": "José", "keys": ["a", "b"]}, {"name": "Ana"}], "name: José; keys: a, b | name: Ana"),
        ({"=cmd": 1}, "'=cmd: 1"),
        ("=SUM(A1)", "'=SUM(A1)"),
        ("+51 987", "'+51 987"),
        ("-x", "'-x"),
        ("@x", "'@x"),
        ("\tx", "'\tx"),
        ("a=b", "a=b"),
        ("", ""),
    ],
)
def test_a_cell_is_text_that_no_spreadsheet_executes(value: Any, text: str) -> None:
    assert csv_export.cell(value) == text


def test_quotes_separators_and_line_breaks_survive_an_export() -> None:
    nasty = 'a "quoted", name;\nwith 😀 and a break'
    (chunk,) = csv_export.lines(["name"], iter([{"name": nasty}]))
    assert parsed(chunk.decode(), ["name"]) == [{"name": nasty}]


def test_an_established_database_is_shown_like_any_other(
    editor: TestClient, established_database: Any, server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    migrate(established_database)
    with psycopg.connect(established_database) as connection:
        monkeypatch.setenv("AIRFLOW_CONN_CONTROL_TOWER", server.airflow_uri(connection.info.dbname))
    # a conflict that an older program saw, and of which no event tells any more
    established_database.query("update observational.lead_ledger set decision_status = 'conflict'")
    keys = established_database.query("select person_key::text from canon.identity_registry")
    assert len(keys) > 2
    paths = [path for method, path in routes() if method == "GET" and "{" not in path]
    for path in [*paths, *(f"/persons/{key}" for (key,) in keys)]:
        answer = editor.get(path)
        assert answer.status_code == 200 or path == "/health", f"{path}: {answer.text}"


def test_a_remembered_answer_is_kept_in_proportion_to_what_it_cost(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [100.0]
    monkeypatch.setattr("control_tower.web.listing.time.monotonic", lambda: clock[0])
    memory, asked = TTLCache(), []

    def slow(seconds: float) -> int:
        asked.append(seconds)
        clock[0] += seconds
        return len(asked)

    assert memory.get(("x",), lambda: slow(0.5)) == 1
    clock[0] += 9.9
    assert memory.get(("x",), lambda: slow(0.5)) == 1
    clock[0] += 0.2
    assert memory.get(("x",), lambda: slow(10.0)) == 2
    clock[0] += 29.9
    assert memory.get(("x",), lambda: slow(0.0)) == 2
    clock[0] += 0.2
    assert memory.get(("x",), lambda: slow(0.0)) == 3
    assert memory.get(("x",), lambda: slow(0.0)) == 4


def test_while_an_answer_is_renewed_others_get_the_old_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("control_tower.web.listing.time.monotonic", lambda: 100.0)
    memory = TTLCache()
    memory.get(("x",), lambda: "old")  # it cost nothing, and so it is old at once
    renewed = memory.get(("x",), lambda: memory.get(("x",), lambda: "never asked") + " was shown meanwhile")
    assert renewed == "old was shown meanwhile"


def test_what_cannot_be_renewed_is_asked_again() -> None:
    memory = TTLCache()
    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            memory.get(("x",), lambda: 1 / 0)
    assert memory.get(("x",), lambda: 2.0) == 2.0


def test_what_many_ask_for_at_once_is_computed_once() -> None:
    memory, asked, together = TTLCache(), [], threading.Barrier(8, timeout=20)

    def compute() -> str:
        asked.append(1)
        time.sleep(0.3)  # remembered for 20 times as long
        if len(asked) == 1:
            raise ZeroDivisionError("the first one fails, and one of those who wait asks again")
        return "answer"

    def ask(_: int) -> str:
        together.wait()
        try:
            return memory.get(("x",), compute)
        except ZeroDivisionError:
            return "failed"

    with ThreadPoolExecutor(8) as readers:
        answers = list(readers.map(ask, range(8)))
    assert sorted(answers) == ["answer"] * 7 + ["failed"]
    assert len(asked) == 2
