"""The bookkeeping of large sources: exact whatever is written to them, without reading them when nothing is."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from control_tower.database import read_sql
from control_tower.monitoring import health_check
from tests.monitoring.source_rows import INSERTS, add_row, set_limits

# What a view must say, read from the table itself.
TRUTH = """
    select 'business', registration_date, count(*) from public.module_ct_scouting_daily group by 2
    union all
    select 'ingestion', created_at::date, count(*) from public.module_ct_scouting_daily group by 2
    order by 1, 2
"""
ANSWER = """
    select metric_type, day, sum(rows_count)::bigint
    from ops.source_days_now()
    where source_name = 'module_ct_scouting_daily' and metric_type <> 'rubbish'
    group by 1, 2
    order by 1, 2
"""
NEW_ROW = "insert into public.module_ct_scouting_daily (id, registration_date, created_at) values (%s, %s, %s)"


@pytest.fixture
def counted(warehouse: Any) -> Any:
    """A warehouse in which every source counts as large, with a thousand counted rows in one."""
    set_limits(warehouse, live_count_bytes=-1)
    warehouse.execute(
        "insert into public.module_ct_scouting_daily (id, registration_date, created_at)"
        " select n, date '2026-03-01' + n %% 7, timestamp '2026-03-02 03:00' + n %% 9 * interval '1 day'"
        " from generate_series(1, %s) as n",
        [1000],
    )
    refresh(warehouse)
    return warehouse


@pytest.fixture
def loader(counted: Any) -> Iterator[psycopg.Connection[Any]]:
    """A session of another program that loads a source."""
    with psycopg.connect(counted.info.dsn) as session:
        yield session


def refresh(warehouse: Any) -> int:
    """Refresh the bookkeeping once the server knows of everything that this session wrote."""
    warehouse.execute("select pg_stat_force_next_flush()")
    return int(warehouse.execute("select ops.refresh_source_counts()").fetchone()[0])


def flush(session: Any) -> None:
    """Commit, and let the server know at once what this session wrote; otherwise it does within ten seconds."""
    session.commit()
    session.execute("select pg_stat_force_next_flush()")
    session.commit()


def answer(warehouse: Any) -> Any:
    return warehouse.execute(ANSWER).fetchall()


def truth(warehouse: Any) -> Any:
    return warehouse.execute(TRUTH).fetchall()


def scans(warehouse: Any) -> int:
    """How often the table of scouting rows was read from end to end, by anybody."""
    flush(warehouse)
    row = warehouse.execute(
        "select seq_scan from pg_stat_user_tables where relname = 'module_ct_scouting_daily'"
    ).fetchone()
    return int(row[0])


def rows_read(warehouse: Any) -> int:
    """How many scouting rows were read so far, by anybody who read the table from end to end or by an index."""
    flush(warehouse)
    row = warehouse.execute(
        "select seq_tup_read + coalesce(idx_tup_fetch, 0) from pg_stat_user_tables"
        " where relname = 'module_ct_scouting_daily'"
    ).fetchone()
    return int(row[0])


def test_the_first_count_reads_each_row_once_and_a_look_afterwards_none(warehouse: Any) -> None:
    set_limits(warehouse, live_count_bytes=-1)
    warehouse.execute(
        "insert into public.module_ct_scouting_daily (id, registration_date, created_at)"
        " select n, date '2026-03-01', timestamp '2026-03-02 03:00' from generate_series(1, 1000) as n"
    )
    written = rows_read(warehouse)
    context = health_check.ProbeContext(warehouse, health_check.clock(warehouse))

    list(health_check.PROBES["source"](context))
    counted = rows_read(warehouse)
    assert 1000 <= counted - written <= 1001, "each once, and one to see whether there is any"

    list(health_check.PROBES["source"](context))
    assert rows_read(warehouse) == counted
    assert answer(warehouse) == truth(warehouse)


def test_what_did_not_change_is_not_read(counted: Any) -> None:
    refresh(counted)
    before = scans(counted)

    assert refresh(counted) == 0
    for view in ("v_data_health_status", "v_data_freshness_status", "v_data_ingestion_daily"):
        counted.execute(f"select * from ops.{view}").fetchall()

    assert scans(counted) == before
    assert answer(counted) == truth(counted)


def test_a_second_count_changes_nothing(counted: Any) -> None:
    def everything() -> Any:
        return [
            counted.execute("select * from ops.source_counts order by 1").fetchall(),
            counted.execute("select *, xmin from ops.source_days order by 1, 2, 3, 4").fetchall(),
        ]

    refresh(counted)
    before = everything()
    assert refresh(counted) == 0
    assert everything() == before


def test_new_rows_are_seen_at_once_and_counted_by_the_next_refresh(counted: Any, loader: Any) -> None:
    loader.execute(NEW_ROW, [2001, "2026-03-11", "2026-03-12 03:00"])
    flush(loader)

    assert answer(counted) == truth(counted), "no refresh ran: this is what is read while Airflow is down"
    assert refresh(counted) == 1
    assert answer(counted) == truth(counted)
    assert counted.execute(
        "select sum(rows_count) from ops.source_days"
        " where metric_type = 'ingestion' and source_name = 'module_ct_scouting_daily'"
    ).fetchone() == (1001,)


def test_only_the_new_rows_are_counted_when_rows_only_came(counted: Any, loader: Any) -> None:
    refresh(counted)  # what the first count saw as unsettled is settled now
    loader.execute(NEW_ROW, [2001, "2026-03-11", "2026-03-12 03:00"])
    flush(loader)
    refresh(counted)
    settled = counted.execute("select count(*) from ops.source_days where day = '2026-03-04' and is_settled").fetchone()
    # A settled day that is wrong stays as it is when only new rows are counted.
    counted.execute("update ops.source_days set rows_count = 7 where day = '2026-03-04' and is_settled")
    loader.execute(NEW_ROW, [2002, "2026-03-11", "2026-03-12 03:00"])
    flush(loader)
    refresh(counted)

    assert settled == (2,)
    assert set(counted.execute("select rows_count from ops.source_days where day = '2026-03-04'").fetchall()) == {(7,)}


@pytest.mark.parametrize(
    "statement",
    [
        "update public.module_ct_scouting_daily set registration_date = '2026-03-20' where id <= 3",
        "update public.module_ct_scouting_daily set created_at = '2026-03-20 03:00' where id <= 3",
        "delete from public.module_ct_scouting_daily where id > 500",
        "truncate public.module_ct_scouting_daily",
    ],
)
def test_rows_that_change_or_go_are_counted_anew(counted: Any, loader: Any, statement: str) -> None:
    loader.execute(statement.encode())
    flush(loader)

    assert answer(counted) == truth(counted)
    refresh(counted)
    assert answer(counted) == truth(counted)


def test_a_load_that_commits_late_is_neither_missed_nor_counted_twice(counted: Any, loader: Any) -> None:
    loader.execute(NEW_ROW, [2001, "2026-03-11", "2026-03-12 03:00"])
    with loader.transaction():  # a savepoint has a transaction id of its own
        loader.execute(NEW_ROW, [2002, "2026-03-11", "2026-03-12 03:00"])
    with psycopg.connect(counted.info.dsn, autocommit=True) as other:
        other.execute(NEW_ROW, [2003, "2026-03-12", "2026-03-13 03:00"])
        other.execute("select pg_stat_force_next_flush()")

        refresh(counted)
        assert answer(counted) == truth(counted), "2003 came, 2001 and 2002 have not"

        other.execute(NEW_ROW, [2004, "2026-03-12", "2026-03-13 03:00"])
        other.execute("select pg_stat_force_next_flush()")
        refresh(counted)
        assert answer(counted) == truth(counted)

    flush(loader)
    assert answer(counted) == truth(counted)
    refresh(counted)
    assert answer(counted) == truth(counted)
    assert counted.execute(
        "select sum(rows_count) from ops.source_days_now()"
        " where source_name = 'module_ct_scouting_daily' and metric_type = 'ingestion'"
    ).fetchone() == (1004,)


def test_a_load_that_is_rolled_back_leaves_nothing(counted: Any, loader: Any) -> None:
    loader.execute(NEW_ROW, [2001, "2026-03-11", "2026-03-12 03:00"])
    refresh(counted)
    loader.rollback()
    flush(loader)
    refresh(counted)

    assert answer(counted) == truth(counted)


def test_a_row_that_comes_between_reading_the_counters_and_counting_is_counted_once(counted: Any) -> None:
    # The bookkeeping of a refresh that read the counters before the row came, and counted after it.
    counted.execute(NEW_ROW, [2001, "2026-03-11", "2026-03-12 03:00"])
    refresh(counted)
    counted.execute("update ops.source_counts set rows_inserted = rows_inserted - 1")

    assert answer(counted) == truth(counted)
    refresh(counted)
    assert answer(counted) == truth(counted)


def test_another_zone_moves_rows_to_other_days(counted: Any) -> None:
    add_row(counted, "lead_events", "2026-03-10 23:30")
    refresh(counted)
    set_limits(counted, timezone="UTC")

    for _ in range(2):
        assert counted.execute(
            "select day::text from ops.source_days_now()"
            " where source_name = 'lead_events' and metric_type = 'ingestion'"
        ).fetchall() == [("2026-03-11",)]
        refresh(counted)


def test_every_source_answers_the_same_counted_or_not(counted: Any) -> None:
    for source in INSERTS:
        add_row(counted, source, "2026-03-10 08:00")
        add_row(counted, source, "2026-03-11 09:00", "2026-03-10")
    views = [f"select * from ops.{view}_at('2026-03-11 20:00Z') order by 1, 2, 3"
             for view in ("v_data_health_status", "v_data_freshness_status", "v_data_ingestion_daily")]  # fmt: skip

    def seen() -> Any:
        return [counted.execute(view.encode()).fetchall() for view in views]

    refresh(counted)
    by_bookkeeping = seen()
    set_limits(counted, live_count_bytes=2**40)
    live = seen()
    assert refresh(counted) == 0
    assert counted.execute("select count(*) from ops.source_days").fetchone() == (0,)

    assert by_bookkeeping == live == seen()


def test_counting_needs_to_see_what_was_committed_meanwhile(counted: Any) -> None:
    with psycopg.connect(counted.info.dsn) as session:
        session.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        with pytest.raises(psycopg.errors.RaiseException, match="cannot see rows committed since it began"):
            session.execute("select ops.refresh_source_counts()")


def test_of_two_that_count_at_once_one_leaves_it_to_the_other(counted: Any) -> None:
    with psycopg.connect(counted.info.dsn) as first:
        first.execute(NEW_ROW, [2001, "2026-03-11", "2026-03-12 03:00"])
        flush(first)
        first.execute("select ops.refresh_source_counts()")
        assert refresh(counted) == 0
        assert answer(counted) == truth(counted)


def test_a_server_that_keeps_no_counters_is_asked_for_the_rows_themselves(counted: Any) -> None:
    with psycopg.connect(counted.info.dsn, options="-c track_counts=off") as session:
        session.execute(NEW_ROW, [2001, "2026-03-11", "2026-03-12 03:00"])
        session.commit()
        assert answer(session) == truth(session)


@pytest.mark.parametrize("seed", range(3))
def test_whatever_is_written_in_whatever_order_the_answer_is_the_truth(counted: Any, seed: int) -> None:
    chance = random.Random(seed)
    ids = itertools.count(10_000)
    with psycopg.connect(counted.info.dsn) as first, psycopg.connect(counted.info.dsn) as second:
        for step in range(60):
            session = chance.choice([first, second])
            day = f"2026-03-{chance.randint(1, 28):02}"
            # An open transaction of the other session holds locks on its rows: nobody waits for them here.
            other_is_idle = (second if session is first else first).info.transaction_status.name == "IDLE"
            match chance.choice(
                ["insert", "insert", "insert", "savepoint", "change", "delete", "end", "end", "refresh"]
            ):
                case "insert":
                    session.execute(NEW_ROW, [next(ids), day, f"{day} 03:00"])
                case "savepoint":
                    session.execute("select 1")  # begins the transaction that it is part of
                    with session.transaction(force_rollback=chance.random() < 0.5):
                        session.execute(NEW_ROW, [next(ids), day, f"{day} 03:00"])
                case "change" if other_is_idle and chance.random() < 0.3:
                    session.execute(
                        "update public.module_ct_scouting_daily set created_at = %s where id %% 9 = 4", [f"{day} 04:00"]
                    )
                    flush(session)
                case "delete" if other_is_idle and chance.random() < 0.2:
                    session.execute("delete from public.module_ct_scouting_daily where id %% 7 = %s", [step % 7])
                    flush(session)
                case "end":
                    if chance.random() < 0.3:
                        session.rollback()
                    flush(session)
                case "refresh":
                    refresh(counted)
            assert answer(counted) == truth(counted), step
        first.rollback()
        second.rollback()
    refresh(counted)
    assert answer(counted) == truth(counted)


@pytest.mark.parametrize("reader", ["select * from ops.v_data_health_status", "monitoring/sources.sql"])
def test_the_state_of_sources_is_read_from_one_measurement(warehouse: Any, reader: str) -> None:
    with warehouse.transaction():
        warehouse.execute("set local track_functions = 'all'")
        statement = read_sql(reader) if reader.endswith(".sql") else reader
        warehouse.execute(statement, {"moment": health_check.clock(warehouse)}).fetchall()
        calls = warehouse.execute(
            "select calls from pg_stat_xact_user_functions where schemaname = 'ops' and funcname = 'measure_sources'"
        ).fetchone()
    assert calls == (1,)
