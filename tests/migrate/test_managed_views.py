"""Views that carry money: ours where there are none, the operators' own where they have them."""

from __future__ import annotations

import shutil
from pathlib import Path

import psycopg
import pytest

from control_tower import errors
from control_tower.database import SQL_DIR
from control_tower.migrate import migrate
from control_tower.migrate.managed_views import MARK, guard
from tests.pipeline import ingest

OURS = f"select count(*) from pg_description where description like '%{MARK}%' and objsubid = 0"
STATE = "select oid::int, xmin::text, relname::text from pg_class where relname ~ '^m?v_' order by relname"
FILES = len(list((SQL_DIR / "views" / "established").glob("*.sql")))


@pytest.fixture
def sql_dir(tmp_path: Path) -> Path:
    """A copy of the SQL files that a test may edit."""
    return Path(shutil.copytree(SQL_DIR, tmp_path / "sql"))


def definition(database, view: str) -> str:
    ((text,),) = database.query(f"select pg_get_viewdef('{view}'::regclass)")
    return text


def test_an_empty_database_gets_all_of_them_once(empty_database) -> None:
    migrate(empty_database)
    assert empty_database.query(OURS) == [(FILES,)]
    money = f"select oid::int, xmin::text from pg_class where oid in ({OURS.replace('count(*)', 'objoid')}) order by 1"
    before = empty_database.query(money)

    for _ in range(2):
        migrate(empty_database)

    assert empty_database.query(money) == before, "a definition that did not change is not even replaced"


def test_an_established_database_keeps_all_of_its_own(established_database) -> None:
    for _ in range(3):
        migrate(established_database)

    assert established_database.query(OURS) == [(0,)]
    assert established_database.query(
        "select count(*) from ops.v_yango_collection_with_scout"
    ) == established_database.query("select count(*) from ops.mv_yango_cabinet_claims_for_collection")


def test_what_an_established_database_lacks_is_built_on_what_it_has(established_database) -> None:
    for view in (
        "reporting.deuda_por_semana",
        "ops.v_yango_collection_with_scout",
        "ops.v_claims_payment_status_cabinet",
    ):
        kept = definition(established_database, "ops.v_yango_payments_ledger_latest_enriched")
        established_database.query(f"drop view {view} cascade")

    migrate(established_database)

    assert definition(established_database, "ops.v_yango_payments_ledger_latest_enriched") == kept
    ours = established_database.query(
        f"select objoid::regclass::text from pg_description where description like '%{MARK}%' order by 1"
    )
    assert [name for (name,) in ours] == [
        "ops.mv_cabinet_financial_14d",
        "ops.mv_yango_cabinet_claims_for_collection",
        "ops.v_cabinet_financial_14d",
        "ops.v_claims_payment_status_cabinet",
        "ops.v_yango_cabinet_claims_for_collection",
    ]
    claims = established_database.query(
        "select driver_id, milestone_value, paid_flag from ops.v_claims_payment_status_cabinet"
    )
    assert sorted(claims) == [("D1", 1, True), ("D1", 5, False), ("D2", 1, False)]


def test_a_view_of_ours_that_changed_is_replaced_and_one_of_theirs_is_not(empty_database, sql_dir: Path) -> None:
    migrate(empty_database, sql_dir=sql_dir)
    empty_database.query("drop view ops.v_cabinet_milestones_achieved_from_payment_calc")
    empty_database.query("create view ops.v_cabinet_milestones_achieved_from_payment_calc as select 'theirs' as whose")
    for name in ("v_cabinet_milestones_achieved_from_payment_calc", "v_payment_calculation"):
        file = sql_dir / "views" / "established" / f"{name}.sql"
        text = file.read_text().replace("\nfrom canon.lead_milestones", ",\n    1 as more\nfrom canon.lead_milestones")
        file.write_text(text.replace("group by driver_id", "group by more, driver_id"))

    migrate(empty_database, sql_dir=sql_dir)

    assert "more" in definition(empty_database, "ops.v_payment_calculation")
    assert empty_database.query("select whose from ops.v_cabinet_milestones_achieved_from_payment_calc") == [
        ("theirs",)
    ]


def test_a_comment_in_a_file_is_no_change_of_the_view(empty_database, sql_dir: Path) -> None:
    migrate(empty_database, sql_dir=sql_dir)
    before = empty_database.query(STATE)
    for file in (sql_dir / "views" / "established").glob("*.sql"):
        file.write_text(f"-- Another thought.\n{file.read_text()}")

    migrate(empty_database, sql_dir=sql_dir)

    offered = {file.stem for file in (sql_dir / "views" / "established").iterdir()}
    assert offered & {name for *_, name in before} == offered
    assert not offered & {name for *_, name in set(empty_database.query(STATE)) - set(before)}


OURS_BEFORE = """
    create materialized view ops.mv_cabinet_financial_14d as
    select financial.* from ops.v_cabinet_financial_14d as financial
"""
"""The view as an earlier version made it."""


def as_an_earlier_version_left_it(database) -> None:
    """Materialise the view as an earlier version did, ours by its comment."""
    database.query("drop view ops.mv_cabinet_financial_14d")
    database.query(OURS_BEFORE)
    database.query(f"comment on materialized view ops.mv_cabinet_financial_14d is '{MARK} [0123456789ab]'")


def test_a_view_of_ours_that_was_materialised_becomes_a_plain_one_under_the_views_that_read_it(empty_database) -> None:
    migrate(empty_database)
    as_an_earlier_version_left_it(empty_database)
    for statement in (
        "create view public.theirs with (security_barrier) as select * from ops.mv_cabinet_financial_14d",
        "create view public.on_theirs as select * from public.theirs",
        "grant select on ops.mv_cabinet_financial_14d to pg_monitor",
    ):
        empty_database.query(statement)
    theirs = "select oid::int, reloptions from pg_class where relname in ('theirs', 'on_theirs') order by 1"
    before = empty_database.query(theirs)
    migrate(empty_database)
    assert empty_database.query(theirs) == before
    assert empty_database.query("select count(*) from public.on_theirs") == [(0,)]
    assert empty_database.query(
        "select relkind, has_table_privilege('pg_monitor', oid, 'select') from pg_class"
        " where relname = 'mv_cabinet_financial_14d'"
    ) == [("v", True)]


def test_a_view_of_ours_that_a_materialised_one_reads_stays_materialised_and_is_refreshed(
    empty_database, server, monkeypatch
) -> None:
    migrate(empty_database)
    as_an_earlier_version_left_it(empty_database)
    empty_database.query("create materialized view public.theirs as select * from ops.mv_cabinet_financial_14d")
    migrate(empty_database)
    kinds = "select relkind from pg_class where relname in ('theirs', 'mv_cabinet_financial_14d')"
    assert empty_database.query(kinds) == [("m",), ("m",)]

    name = str(psycopg.conninfo.conninfo_to_dict(empty_database)["dbname"])
    monkeypatch.setenv("AIRFLOW_CONN_CONTROL_TOWER", server.airflow_uri(name))
    ingest()
    assert empty_database.query("select view_name from ops.materialised_view_refreshes order by 1") == [
        ("ops.mv_cabinet_financial_14d",),
        ("public.theirs",),
    ]


@pytest.mark.parametrize(
    "text", ["select 1;", "create table ops.x ();", "create or replace view ops.a as select 1;\n" * 2]
)
def test_a_file_creates_exactly_one_view(text: str) -> None:
    with pytest.raises(errors.MigrationError, match=r"x\.sql does not create exactly one view"):
        guard("x.sql", text)
