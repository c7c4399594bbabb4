"""Stories of a database that already runs Control Tower when this package first meets it."""

from __future__ import annotations

import shutil

import pytest

from control_tower.database import SQL_DIR
from control_tower.errors import MigrationFailed
from control_tower.migrate import migrate
from control_tower.monitoring import limits

MONEY_VIEWS = """
    with recursive money as (
        select unnest(array[
            'observational.v_conversion_metrics', 'ops.v_payment_calculation', 'ops.v_cabinet_financial_14d',
            'ops.v_claims_payment_status_cabinet', 'ops.v_yango_cabinet_claims_for_collection',
            'ops.mv_cabinet_financial_14d', 'ops.mv_yango_cabinet_claims_for_collection'
        ]::regclass[]) as view
        union
        select d.refobjid::regclass
        from money
        join pg_rewrite r on r.ev_class = money.view
        join pg_depend d on d.objid = r.oid and d.classid = 'pg_rewrite'::regclass
        join pg_class c on c.oid = d.refobjid and c.relkind in ('v', 'm')
        where d.refclassid = 'pg_class'::regclass
    )
    select view::text, view::oid, pg_get_viewdef(view) from money order by 1
"""
STRUCTURE = """
    with ours as (
        select oid, relkind from pg_class
        where relnamespace::regnamespace::text in ('public', 'canon', 'observational', 'ops')
    )
    select 'index', indexrelid::regclass::text, pg_get_indexdef(indexrelid), indexrelid::int
    from pg_index join ours on ours.oid = indrelid
    union all
    select 'constraint', conrelid::regclass || '.' || conname, pg_get_constraintdef(c.oid), c.oid::int
    from pg_constraint c join ours on ours.oid = conrelid
    union all
    select 'column', attrelid::regclass || '.' || attname,
           format_type(atttypid, atttypmod) || attnotnull, attnum::int
    from pg_attribute join ours on ours.oid = attrelid
    where relkind = 'r' and attnum > 0
    order by 1, 2
"""
REKEYED = {"canon.identity_links", "canon.identity_unmatched", "observational.lead_events"}


@pytest.fixture
def only_established(tmp_path, monkeypatch):
    """The SQL files without what Control Tower adds to the established tables."""
    folder = tmp_path / "sql"
    shutil.copytree(SQL_DIR / "sources", folder / "sources", ignore=shutil.ignore_patterns("views"))
    later = ("000[2-9]_*", "00[1-9]?_*")
    shutil.copytree(SQL_DIR / "migrations", folder / "migrations", ignore=shutil.ignore_patterns(*later))
    monkeypatch.setattr(limits, "write_limits", lambda connection: False)  # their table is one of those later ones
    return folder


def test_every_row_of_every_table_is_kept(established_database, rows_of, server, established_template) -> None:
    before = rows_of(established_database)
    assert all(before.values()), "the fixture has rows in every table"

    migrate(established_database)

    after = rows_of(established_database, columns_like=server.uri(established_template))
    assert {name: rows for name, rows in after.items() if name not in REKEYED} == {
        name: rows for name, rows in before.items() if name not in REKEYED
    }


def test_views_that_carry_money_keep_their_definition_and_their_identity(established_database) -> None:
    before = established_database.query(MONEY_VIEWS)
    assert len(before) >= 9

    migrate(established_database)

    assert established_database.query(MONEY_VIEWS) == before


def test_no_index_constraint_or_column_is_added_where_an_equal_one_exists(
    established_database, only_established
) -> None:
    before = established_database.query(STRUCTURE)

    migrate(established_database, sql_dir=only_established)

    added = set(established_database.query(STRUCTURE)) - set(before)
    assert not set(before) - set(established_database.query(STRUCTURE))
    assert {name.split(".")[0] for _, name, _, _ in added} <= {"ops"}
    assert {name for _, name, _, _ in added if "control_tower" not in name} == set()


def test_the_version_table_of_another_program_is_left_alone(established_database) -> None:
    migrate(established_database)

    versions = established_database.query("select version_num from public.alembic_version")
    assert versions == [("f3c1_of_another_program",)]


def test_views_that_operators_built_on_ours_survive_and_answer(established_database) -> None:
    before = established_database.query("select * from reporting.deuda_por_semana order by 1")
    assert before

    migrate(established_database)

    assert established_database.query("select * from reporting.deuda_por_semana order by 1") == before
    assert established_database.query("select count(*) from reporting.scouts_por_persona") != [(0,)]


def test_the_enum_gains_the_job_type_that_most_lack(established_database) -> None:
    migrate(established_database)

    labels = established_database.query("select unnest(enum_range(null::public.jobtype))::text")
    assert labels == [("identity_run",), ("drivers_index_refresh",), ("scout_attribution_refresh",)]


def test_rules_of_the_operators_stand_even_if_there_are_none(established_database) -> None:
    established_database.query("delete from ops.scout_payment_rules")

    migrate(established_database)

    assert established_database.query("select count(*) from ops.scout_payment_rules") == [(0,)]
    assert established_database.query("select count(*) from ops.partner_payment_rules") == [(2,)]


def test_source_tables_are_not_altered(established_database) -> None:
    established_database.query("drop index public.ix_summary_daily_1")
    established_database.query("alter table public.module_ct_scouting_daily drop column updated_at")

    def sources() -> list[tuple[object, ...]]:
        owned = ("canon.", "observational.", "ops.")
        return [row for row in established_database.query(STRUCTURE) if not row[1].startswith(owned)]

    before = sources()
    assert len(before) > 80

    migrate(established_database)

    assert sources() == before


def test_what_a_half_done_database_lacks_is_added(established_database, only_established, schema_of) -> None:
    for statement in (
        "drop table ops.alerts",
        "drop table ops.identity_matching_jobs",
        "alter table canon.identity_links drop constraint identity_links_source_table_source_pk_key",
        "drop index canon.ix_identity_links_1",
        "drop index canon.ix_identity_links_2",
        "alter table canon.identity_links drop column run_id",
        "alter table canon.identity_links drop column snapshot_date",
        "alter table canon.identity_unmatched drop constraint identity_unmatched_run_id_fkey",
        "update canon.identity_unmatched set run_id = 4711 where status = 'IGNORED'",
        "alter table canon.claims_yango_cabinet_14d drop column claim_id",
        "alter table ops.ingestion_runs drop column scope_date_to",
        "drop type public.alert_type_enum",
    ):
        established_database.query(statement)
    links = established_database.query("select id, person_key, source_pk from canon.identity_links order by id")

    report = migrate(established_database, sql_dir=only_established)

    assert len(report.warnings) == 2
    assert report.warnings[0] == "canon.identity_links.snapshot_date was added, NULL in existing rows"
    assert report.warnings[1].startswith('canon.identity_unmatched: existing rows contradict "foreign key')
    assert links == established_database.query("select id, person_key, source_pk from canon.identity_links order by id")
    assert established_database.query("select run_id from canon.identity_unmatched where run_id = 4711")
    assert established_database.query(
        "insert into ops.alerts (alert_type, severity, week_label, message) "
        "values ('x', 'error', 'w', 'm') returning id"
    ) == [(1,)]
    assert established_database.query("select claim_id from canon.claims_yango_cabinet_14d") == [(1,)]
    links_schema = schema_of(established_database)
    for line in (
        "CREATE TYPE public.alert_type_enum",
        "UNIQUE (source_table, source_pk)",
        "ON canon.identity_links USING btree (run_id)",
        "scope_date_to date",
    ):
        assert line in links_schema


def test_duplicates_that_a_key_forbids_stop_it_with_a_message_that_names_them(established_database) -> None:
    key = "identity_matching_jobs_source_type_source_id_key"
    for statement in (
        f"alter table ops.identity_matching_jobs drop constraint {key}",
        "drop index ops.ix_identity_matching_jobs_1",
        "insert into ops.identity_matching_jobs (source_type, source_id) values ('cabinet', 'yango-1')",
    ):
        established_database.query(statement)

    with pytest.raises(MigrationFailed, match=r"0001_established_tables.*yango-1\) is duplicated"):
        migrate(established_database)
