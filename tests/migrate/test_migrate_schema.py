"""Stories of migrate_schema on real databases: empty, established, half done, broken."""

from __future__ import annotations

import shutil
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest

from control_tower import errors
from control_tower.database import SQL_DIR
from control_tower.migrate import MigrationReport, migrate
from control_tower.migrate.runner import ESTABLISHED

REVISIONS = sorted(path.stem for path in (SQL_DIR / "migrations").glob("*.sql"))


@pytest.fixture
def sql_dir(tmp_path: Path) -> Path:
    """A copy of the SQL files that a test may edit."""
    return Path(shutil.copytree(SQL_DIR, tmp_path / "sql"))


def add_migration(sql_dir: Path, revision: str, text: str, after: str = REVISIONS[-1]) -> Path:
    """Add a revision and its SQL file to a copy of the SQL files; returns the SQL file."""
    versions = sql_dir / "migrations" / "versions"
    latest = (versions / f"{REVISIONS[-1]}.py").read_text()
    named = latest.replace(f'revision = "{REVISIONS[-1]}"', f'revision = "{revision}"')
    (versions / f"{revision}.py").write_text(
        named.replace(f'down_revision = "{REVISIONS[-2]}"', f'down_revision = "{after}"')
    )
    file = sql_dir / "migrations" / f"{revision}.sql"
    file.write_text(text)
    return file


def test_an_empty_database_gets_everything_including_empty_source_tables(empty_database) -> None:
    report = migrate(empty_database)

    assert list(report.applied) == REVISIONS
    assert set(report.created_source_tables) == {
        "drivers",
        "module_ct_cabinet_leads",
        "module_ct_cabinet_payments",
        "module_ct_migrations",
        "module_ct_scout_drivers",
        "module_ct_scouting_daily",
        "module_ct_scouts_list",
        "summary_daily",
    }
    assert report.warnings == ()
    assert empty_database.query("select 'scout_attribution_refresh'::public.jobtype is not null") == [(True,)]
    assert empty_database.query("select version_num from ops.control_tower_schema_version") == [(REVISIONS[-1],)]


def test_the_payment_rules_in_use_are_there_on_a_fresh_database(empty_database) -> None:
    migrate(empty_database)

    amounts = "select window_days, milestone_trips, amount::int from ops.{}_payment_rules order by 2"
    assert empty_database.query(amounts.format("partner")) == [(14, 1, 25), (14, 5, 35), (14, 25, 100)]
    assert empty_database.query(amounts.format("scout")) == [(7, 1, 20), (7, 5, 25), (7, 25, 55)]


def test_migrating_three_times_does_the_work_once(empty_database) -> None:
    first, second, third = (migrate(empty_database) for _ in range(3))

    assert list(first.applied) == REVISIONS
    for later in (second, third):
        assert later.applied == later.created_source_tables == later.warnings == ()
    assert empty_database.query("select count(*) from ops.scout_payment_rules") == [(3,)]


@pytest.mark.parametrize("database", ["empty_database", "established_database"])
def test_twenty_at_once_take_turns_and_one_does_the_work(database, request) -> None:
    uri = request.getfixturevalue(database)
    start = threading.Barrier(20)

    def one(_: int) -> MigrationReport:
        start.wait(30)
        return migrate(uri)

    with ThreadPoolExecutor(20) as pool:
        reports = list(pool.map(one, range(20)))

    assert sorted((list(report.applied) for report in reports), key=len) == [[]] * 19 + [REVISIONS]
    assert uri.query("select count(*) from pg_locks where locktype = 'advisory'") == [(0,)]


def test_a_missing_source_table_is_created_empty_at_any_time(established_database) -> None:
    migrate(established_database)
    established_database.query("drop table public.module_ct_scout_drivers cascade")  # with our view of its freshness

    report = migrate(established_database)

    assert report.created_source_tables == ("module_ct_scout_drivers",)
    assert established_database.query(
        "select total_rows from ops.v_data_health_status where source_name = 'module_ct_scout_drivers'"
    ) == [(0,)]
    assert established_database.query("select count(*) from public.module_ct_scout_drivers") == [(0,)]


def test_missing_source_columns_stop_it_before_anything_is_changed(established_database) -> None:
    established_database.query("drop table public.module_ct_scout_drivers")
    established_database.query("alter table public.module_ct_migrations rename hire_date to hired_on")
    established_database.query("alter table public.drivers rename car_brand to brand")

    with pytest.raises(errors.SourceColumnMissing) as caught:
        migrate(established_database)

    assert caught.value.columns == ("public.module_ct_migrations.hire_date", "public.drivers.car_brand")
    assert "public.drivers.car_brand" in str(caught.value)
    assert "Next: add the columns" in str(caught.value)
    assert established_database.query("select to_regclass('ops.control_tower_schema_version')") == [(None,)]
    assert established_database.query("select to_regclass('public.module_ct_scout_drivers')") == [(None,)]


def test_missing_source_columns_stop_it_on_a_migrated_database_too(empty_database) -> None:
    migrate(empty_database)
    empty_database.query("alter table public.module_ct_cabinet_payments rename trip_25 to viajes_25")

    with pytest.raises(errors.SourceColumnMissing, match=r"public\.module_ct_cabinet_payments\.trip_25"):
        migrate(empty_database)


def test_optional_source_columns_may_be_missing_and_stay_so(empty_database) -> None:
    empty_database.query(
        "create table public.module_ct_cabinet_payments (id int, date date, time time, scout_id int, "
        "driver text, trip_1 boolean, trip_5 boolean, trip_25 boolean, created_at timestamp)",
    )

    report = migrate(empty_database)

    assert "module_ct_cabinet_payments" not in report.created_source_tables
    columns = empty_database.query(
        "select count(*) from pg_attribute "
        "where attrelid = 'public.module_ct_cabinet_payments'::regclass and attnum > 0",
    )
    assert columns == [(9,)]


def test_a_database_of_a_later_version_is_refused(empty_database, sql_dir: Path) -> None:
    add_migration(sql_dir, "9000_from_the_future", "create table ops.future ();")
    migrate(empty_database, sql_dir=sql_dir)

    with pytest.raises(errors.SchemaNewerThanPackage, match=r"9000_from_the_future(?s:.*)Next: deploy"):
        migrate(empty_database)


def test_a_failing_migration_is_rolled_back_and_names_file_and_line(empty_database, sql_dir: Path) -> None:
    broken = add_migration(sql_dir, "9000_broken", "create table ops.half_done ();\nselect 1;\nselect nonsense;\n")

    with pytest.raises(errors.MigrationFailed, match=r"migrations/9000_broken.sql, line 3: .*nonsense"):
        migrate(empty_database, sql_dir=sql_dir)

    assert empty_database.query("select to_regclass('ops.half_done'), to_regclass('canon.source_records')") == [
        (None, None)
    ]
    assert empty_database.query("select version_num from ops.control_tower_schema_version") == [(ESTABLISHED,)]
    broken.write_text("create table ops.half_done ();\n")
    assert migrate(empty_database, sql_dir=sql_dir).applied == (*REVISIONS[2:], "9000_broken")


def test_a_session_that_dies_in_the_middle_of_a_migration_leaves_nothing_half_done(
    empty_database, sql_dir: Path
) -> None:
    slow = add_migration(sql_dir, "9000_slow", "create table ops.half_done ();\nselect pg_sleep(60);\n")
    find = "select pid from pg_stat_activity where datname = current_database() and query like '%pg_sleep(60)%'"

    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(migrate, empty_database, sql_dir=sql_dir)
        with psycopg.connect(empty_database, autocommit=True) as observer:
            victim = None
            while victim is None and not running.done():
                victim = observer.execute(f"{find} and pid <> pg_backend_pid()").fetchone()
            assert victim is not None
            observer.execute("select pg_terminate_backend(%s)", victim)
        with pytest.raises(errors.DatabaseUnreachable, match=r"9000_slow.*terminat"):
            running.result(30)

    slow.write_text("create table ops.half_done ();\n")
    assert migrate(empty_database, sql_dir=sql_dir).applied == (*REVISIONS[2:], "9000_slow")


def test_views_are_replaced_in_place_and_what_others_built_on_them_survives(empty_database, sql_dir: Path) -> None:
    view = sql_dir / "views" / "monitoring" / "zz_example.sql"
    view.parent.mkdir(exist_ok=True)
    view.write_text("create or replace view ops.zz_example as select 1 as a;")
    migrate(empty_database, sql_dir=sql_dir)
    empty_database.query("create view public.theirs as select a from ops.zz_example")

    view.write_text("create or replace view ops.zz_example as select 2 as a, 3 as b;")
    migrate(empty_database, sql_dir=sql_dir)

    assert empty_database.query("select a from public.theirs") == [(2,)]
    view.write_text("create or replace view ops.zz_example as select 'x'::text as a, 3 as b;")
    with pytest.raises(errors.MigrationFailed, match=r"views/monitoring/zz_example.sql.*cannot change data type"):
        migrate(empty_database, sql_dir=sql_dir)
    assert empty_database.query("select a from public.theirs") == [(2,)]


def test_a_user_without_rights_is_told_which_one_is_missing(empty_database) -> None:
    name = f"nobody_{psycopg.conninfo.conninfo_to_dict(empty_database)['dbname']}"
    empty_database.query(f"create role {name} login")
    try:
        with pytest.raises(errors.PermissionMissing, match=r"permission denied for schema public(?s:.*)grant"):
            migrate(psycopg.conninfo.make_conninfo(empty_database, user=name))
    finally:
        empty_database.query(f"drop role {name}")


def test_two_latest_migrations_are_refused(empty_database, sql_dir: Path) -> None:
    add_migration(sql_dir, "9000_one", "select 1;")
    add_migration(sql_dir, "9000_other", "select 1;")

    with pytest.raises(errors.MigrationError, match="do not follow one another"):
        migrate(empty_database, sql_dir=sql_dir)
