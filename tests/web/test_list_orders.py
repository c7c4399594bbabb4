"""Lists of many rows: each page reads its own rows in whatever order, and what an order goes by is always the truth."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from psycopg import sql
from psycopg.rows import dict_row
from starlette.testclient import TestClient

from control_tower.web import listing
from control_tower.web.listing import Listing
from control_tower.web.permissions import CurrentUser
from control_tower.web.queries import attribution, identity, runs, scouts, statements
from tests.attribution import datasets
from tests.identity import sources
from tests.pipeline import attribute, ingest
from tests.plans import Plans
from tests.web.browsing import Page

NOBODY = CurrentUser("nobody", None, sees_personal_data=False)
MANY = 20_000
FEW = 1_500
"""So many rows a page of fifty may read; among them are those that are only looked at to find the first."""

RECORDS = """
insert into canon.records_index (
    source_table, source_pk, source_row_id, row_version, event_date, origin_tag, payload, created_at, updated_at, run_id
)
select 'module_ct_cabinet_leads', 'l' || n, n, '1', date '2026-01-01' + n %% 300, 'cabinet', '{}', now(), now(), 1
from generate_series(1, %(many)s) as n
"""
UNMATCHED = """
insert into canon.identity_unmatched (
    source_table, source_pk, snapshot_date, reason_code, status, created_at, match_probability
)
select
    'module_ct_cabinet_leads', 'l' || n, now(), (array['NO_CANDIDATES', 'MULTIPLE_CANDIDATES'])[1 + n %% 2],
    (array['OPEN', 'RESOLVED'])[1 + n %% 2]::unmatchedstatus, now() - n * interval '1 s',
    nullif(n %% 1000, 0) / 1000.0
from generate_series(1, %(many)s) as n
"""
PERSONS = """
insert into canon.identity_registry (person_key, confidence_level)
select md5(n::text)::uuid, 'HIGH' from generate_series(1, %(many)s * 2) as n
"""
"""Every second of them gets a ledger row."""
LEDGER = """
insert into observational.lead_ledger (
    person_key, attribution_score, confidence_level, decision_status, event_scouts, event_scout_ids, event_count,
    first_event_date, last_event_date, first_claim_date, last_claim_date, conflict_since
)
select
    md5(n::text)::uuid, 0.5, 'low', 'conflict', 2, array[n %% 200, 200 + n %% 200], 2,
    date '2026-01-01' + n %% 300, date '2026-02-01' + n %% 300,
    date '2026-01-01' + n %% 300, date '2026-02-01' + n %% 300,
    now() - n * interval '1 min'
from generate_series(1, %(many)s) as n
"""

CLOSED = """
insert into ops.liquidation_periods (period_start, period_end, reason, closed_by, closed_at)
select date '2020-01-01' + n * 7, date '2020-01-06' + n * 7, 'over', 'ana', now() from generate_series(1, 100) as n
"""
STATEMENTS = """
insert into ops.scout_statements (period_id, scout_id, currency, amount, line_count, correction_count)
select 1 + n % 100, 1 + n / 100, 'PEN', n, 4, 1 from generate_series(0, 19999) as n
"""
LINES = """
insert into ops.scout_statement_lines (
    statement_id, kind, reason_code, corrects_line_id, person_key, rule_id, origin_tag, milestone_trips, lead_date,
    achieved_date, payable_date, amount
)
select
    1 + n % 20000, kind.kind, kind.reason_code, case when kind.kind = 'CORRECTION' then 1 + n % 40000 end,
    md5(n::text)::uuid, 1, 'cabinet', 5, date '2026-01-01' + n % 300, date '2026-01-02' + n % 300,
    date '2026-01-03' + n % 300, n % 100
from generate_series(0, 79999) as n
cross join lateral (
    select
        case when n < 60000 then 'EARNED' else 'CORRECTION' end as kind,
        case when n >= 60000 then 'NO_LONGER_DUE' end as reason_code
) as kind
"""
"""A hundred periods, two hundred scouts, and four lines in each statement, the last of which corrects another."""


def rows_read(connection: psycopg.Connection[Any], listing: Listing[Any], filters: dict[str, Any], order: str) -> int:
    """How many rows the scans of a page's plan brought, whether they are shown or not."""
    statement, parameters = listing.page_query(filters, page=1, page_size=50, order=order)
    (plan,) = connection.execute(sql.SQL("explain (analyze, format json) ") + statement, parameters).fetchone() or ()

    def of(node: dict[str, Any]) -> float:
        found = sum(map(of, node.get("Plans", ())))
        if "Scan" in node["Node Type"] and "Relation Name" in node:
            removed = node.get("Rows Removed by Filter", 0) + node.get("Rows Removed by Index Recheck", 0)
            found += (node["Actual Rows"] + removed) * node["Actual Loops"]
        return float(found)

    return round(of(plan[0]["Plan"]))


def every_order(listing: Listing[Any]) -> list[str]:
    return [sign + order for order in listing.orders for sign in ("", "-")]


@pytest.mark.parametrize("status", ["OPEN", "RESOLVED"])
def test_a_page_of_records_without_a_person_reads_its_own_rows_in_every_order(
    warehouse: psycopg.Connection[Any], status: str
) -> None:
    for statement in (RECORDS, UNMATCHED):
        warehouse.execute(statement.encode(), {"many": MANY})
    warehouse.execute("analyze canon.identity_unmatched, canon.records_index")
    filters = {"source_table": None, "reason_code": None, "status": status, "run_id": None}
    for order in every_order(identity.UNMATCHED):
        assert rows_read(warehouse, identity.UNMATCHED, filters, order) < FEW, order


@pytest.mark.parametrize(
    ("listing", "filters"),
    [
        (attribution.CONFLICTS, {"scout_id": None, "min_age_days": None}),
        (attribution.CONFLICTS, {"scout_id": 7, "min_age_days": None}),
        (attribution.BACKLOG, {"category": None, "scout_id": None}),
        (attribution.BACKLOG, {"category": "D", "scout_id": None}),
        (attribution.BACKLOG, {"category": "A", "scout_id": None}),
        (attribution.BACKLOG, {"category": "C", "scout_id": None}),
        (attribution.BACKLOG, {"category": None, "scout_id": 7}),
        (attribution.BACKLOG, {"category": "D", "scout_id": 7}),
    ],
    ids=lambda value: value.name if isinstance(value, Listing) else " ".join(f"{k}={v}" for k, v in value.items() if v),
)
def test_a_page_of_persons_reads_its_own_rows_in_every_order(
    warehouse: psycopg.Connection[Any], listing: Listing[Any], filters: dict[str, Any]
) -> None:
    for statement in (PERSONS, LEDGER):
        warehouse.execute(statement.encode(), {"many": MANY})
    warehouse.execute("analyze observational.lead_ledger, canon.persons_without_ledger")
    for order in every_order(listing):
        assert rows_read(warehouse, listing, filters, order) < FEW, order


@pytest.mark.parametrize(
    ("listing", "filters"),
    [
        (statements.LINES, {"statement_id": 7, "kind": None}),
        (statements.STATEMENTS, {"period": 7, "scout_id": None, "currency": None, "is_paid": None}),
        (statements.STATEMENTS, {"period": None, "scout_id": 7, "currency": None, "is_paid": None}),
        (statements.STATEMENTS, {"period": 7, "scout_id": None, "currency": None, "is_paid": False}),
    ],
    ids=["lines", "period", "scout", "unpaid"],
)
def test_a_page_of_statements_reads_its_own_rows_in_every_order(
    warehouse: psycopg.Connection[Any], listing: Listing[Any], filters: dict[str, Any]
) -> None:
    for statement in (CLOSED, STATEMENTS, LINES):
        warehouse.execute(statement.encode())
    warehouse.execute("analyze ops.liquidation_periods, ops.scout_statements, ops.scout_statement_lines")
    for order in every_order(listing):
        assert rows_read(warehouse, listing, filters, order) < FEW, order


RUNS = """
insert into ops.ingestion_runs (job_type, status, started_at, completed_at)
select 'identity_run', 'COMPLETED', now(), now() from generate_series(1, 2)
"""
LINKS = """
insert into canon.identity_links (
    person_key, source_table, source_pk, snapshot_date, match_rule, match_score, confidence_level, linked_at, run_id
)
select
    md5(n::text)::uuid, 'module_ct_cabinet_leads', 'l' || n, now(), 'R1_PHONE_EXACT', 95, 'HIGH', now(),
    case when n %% 1000 = 0 then 2 else 1 end
from generate_series(1, %(many)s) as n
"""


@pytest.mark.parametrize(("run", "links"), [(1, "1–50 of more than 1,000"), (2, "1–20 of 20")], ids=["first", "small"])
def test_links_of_a_run_are_read_by_record_where_it_wrote_nearly_all(
    reader: TestClient, warehouse: psycopg.Connection[Any], monkeypatch: pytest.MonkeyPatch, run: int, links: str
) -> None:
    monkeypatch.setattr(listing, "FEW_ROWS", 1_000)
    for statement in (PERSONS, RUNS, LINKS):
        warehouse.execute(statement.encode(), {"many": MANY})
    warehouse.execute("analyze canon.identity_links")
    answer = reader.get(f"/runs/{run}/links?page_size=50", headers={"Accept-Language": "en"})
    assert links in " ".join(Page(answer.text).text.split())
    with psycopg.connect(warehouse.info.dsn, autocommit=True, row_factory=dict_row) as session:
        plans = Plans(session)
        filters = {"run_id": run, "match_rule": None, "source_table": None}
        found = runs.LINKS.page(session, NOBODY, filters, page=1, page_size=50, order="source", or_last=True)
        assert len(found.rows) == min(50, found.pagination.total)
        assert plans.found
        assert plans.reading_more({"identity_links"}, than=FEW) == set()


BROUGHT = """
insert into observational.lead_ledger (
    person_key, attributed_scout_id, attribution_rule, attribution_score, confidence_level, decision_status,
    event_scouts, event_count
)
select md5(n::text)::uuid, 7, 'A', 0.95, 'high', 'assigned', 1, 1 from generate_series(1, %(many)s) as n
"""


def test_doubt_is_looked_up_for_the_persons_shown(warehouse: psycopg.Connection[Any]) -> None:
    for statement in (PERSONS, RUNS, LINKS, BROUGHT):
        warehouse.execute(statement.encode(), {"many": MANY})
    warehouse.execute(
        "insert into canon.identity_contested (source_table, source_pk, reason_code, candidates, since, run_id)"
        " select link.source_table, link.source_pk, 'LATER_EVIDENCE', '[]', now(), 1 from canon.identity_links as link"
        " where link.person_key = md5('7')::uuid"
    )
    warehouse.execute("vacuum analyze canon.identity_links, canon.identity_contested, observational.lead_ledger")
    plans = Plans(warehouse)
    filters = {"scout_id": 7, "payment_status": None, "in_doubt": None}
    statement, parameters = scouts.PERSONS.page_query(filters, page=1, page_size=50, order=None)
    assert len(warehouse.execute(statement, parameters).fetchall()) == 50
    assert plans.found
    assert plans.reading_more({"identity_links"}, than=FEW) == set()
    counting = {**filters, "in_doubt": True}
    statement, parameters = scouts.PERSONS.page_query(counting, page=1, page_size=50, order=None)
    assert len(warehouse.execute(statement, parameters).fetchall()) == 1


def dates(client: TestClient, **asked: str) -> dict[str, str | None]:
    """Dates of the records that are listed, by their key, in the order of the list."""
    items = client.get("/unmatched", params={"sort": "event_date", **asked}).json()["items"]
    return {item["source_pk"]: item["event_date"] for item in items}


def test_a_record_without_a_person_is_listed_under_the_date_of_its_source(
    editor: TestClient, warehouse: psycopg.Connection[Any]
) -> None:
    sources.lead(warehouse, "old", "Nadie Uno", lead_created_at="2026-09-01 10:00")
    sources.lead(warehouse, "new", "Nadie Dos", lead_created_at="2026-10-30 10:00")
    sources.lead(warehouse, "never", "Nadie Tres", lead_created_at=None)
    ingest()
    assert list(dates(editor).items()) == [("new", "2026-10-30"), ("old", "2026-09-01"), ("never", None)]
    assert list(dates(editor, sort="-event_date")) == ["never", "old", "new"]

    # edited in the source, the one of them set aside by a human
    warehouse.execute("update canon.identity_unmatched set status = 'IGNORED' where source_pk = 'old'")
    warehouse.execute(
        "update public.module_ct_cabinet_leads set lead_created_at = '2026-11-05 10:00' where external_id = 'old'"
    )
    warehouse.execute(
        "update public.module_ct_cabinet_leads set lead_created_at = '2026-08-01 10:00' where external_id = 'never'"
    )
    ingest()
    assert list(dates(editor).items()) == [("new", "2026-10-30"), ("never", "2026-08-01")]
    assert dates(editor, status="IGNORED") == {"old": "2026-11-05"}


def test_a_row_of_an_older_program_has_the_date_of_its_record_once_it_was_read(
    editor: TestClient, warehouse: psycopg.Connection[Any]
) -> None:
    sources.lead(warehouse, "l1", "Nadie Uno", lead_created_at="2026-09-01 10:00")
    warehouse.execute(
        "insert into canon.identity_unmatched (source_table, source_pk, snapshot_date, reason_code)"
        " values ('module_ct_cabinet_leads', 'l1', now(), 'OLD_REASON')"
    )
    assert dates(editor) == {"l1": None}
    ingest()
    assert dates(editor) == {"l1": "2026-09-01"}


def test_a_conflict_is_found_by_each_of_its_scouts_at_once(
    editor: TestClient, own_fleet: psycopg.Connection[Any]
) -> None:
    def found(scout: int) -> list[list[int]]:
        body = editor.get("/scouts/attribution/conflicts", params={"scout_id": scout}).json()
        return [conflict["scout_ids"] for conflict in body["conflicts"]]

    assert (found(7), found(9), found(11)) == ([[7, 9]], [[7, 9]], [])
    (person,) = own_fleet.execute("select person_key from ops.v_scout_attribution_conflicts").fetchone() or (None,)
    datasets.event(own_fleet, person, datasets.SCOUTING, 11)  # before any refresh
    assert (found(7), found(11)) == ([[7, 9, 11]], [[7, 9, 11]])
    attribute()
    assert (found(7), found(11)) == ([[7, 9, 11]], [[7, 9, 11]])
    # the scout of the ledger claims, too, whether or not it stands in an event
    own_fleet.execute("update observational.lead_ledger set attributed_scout_id = 13 where person_key = %s", [person])
    assert (found(13), found(7)) == ([[7, 9, 11, 13]], [[7, 9, 11, 13]])
    own_fleet.execute("update observational.lead_ledger set attributed_scout_id = 9 where person_key = %s", [person])
    assert (found(9), found(13)) == ([[7, 9, 11]], [])


@pytest.mark.parametrize("order", every_order(attribution.BACKLOG))
def test_the_backlog_of_a_scout_is_what_the_backlog_says_of_it(
    editor: TestClient, warehouse: psycopg.Connection[Any], order: str
) -> None:
    for number in range(1, 9):
        person = datasets.person(warehouse, number)
        for scout in {1: (7,), 2: (7, 7), 3: (7, 9), 4: (None,), 5: (9,)}.get(number, ()):
            datasets.event(warehouse, person, datasets.SCOUTING, scout, day=1 + number * 3 % 8)
    asked = {"sort": order, "page_size": 500}
    everybody = editor.get("/scouts/attribution/backlog", params=asked).json()["backlog"]
    of_scout = editor.get("/scouts/attribution/backlog", params={**asked, "scout_id": 7}).json()["backlog"]
    assert of_scout == [person for person in everybody if person["scout_id"] == 7]
    assert len(of_scout) == 2


def test_totals_are_right_before_and_after_a_refresh(editor: TestClient, warehouse: psycopg.Connection[Any]) -> None:
    asked: list[tuple[str, dict[str, Any]]] = [
        *(("backlog", {"category": category}) for category in ("A", "C", "D")),
        ("backlog", {}),
        ("backlog", {"scout_id": 7}),
        ("backlog", {"scout_id": 7, "category": "D"}),
        ("conflicts", {}),
        ("conflicts", {"scout_id": 7}),
        ("conflicts", {"min_age_days": 0}),
        ("conflicts", {"min_age_days": 0, "scout_id": 7}),
    ]

    def totals() -> list[int]:
        found = []
        for name, filters in asked:
            pages = [
                editor.get(f"/scouts/attribution/{name}", params={**filters, "page_size": size}).json()
                for size in (1, 500)
            ]
            first, whole = (page["pagination"]["total"] for page in pages)
            assert first == whole == len(pages[1][name]), (name, filters)
            found.append(whole)
            listing.ttl_cache.clear()
        return found

    scouts = {1: (7, 9), 2: (7, 9, 11), 3: (9, 11), 4: (), 5: (), 6: (None,), 7: (None,)}
    for number, claims in scouts.items():
        person = datasets.person(warehouse, number)
        for scout in claims:
            datasets.event(warehouse, person, datasets.SCOUTING, scout)
    assert totals() == [2, 2, 3, 7, 0, 0, 0, 0, 0, 0]
    attribute()
    assert totals() == [2, 2, 3, 7, 0, 0, 3, 2, 3, 2]
    for number in (4, 5, 6):  # before the next refresh
        datasets.event(warehouse, datasets.person(warehouse, number), datasets.SCOUTING, 7)
    assert totals() == [1, 0, 6, 7, 3, 3, 3, 2, 3, 2]
