"""A closing that dies leaves nothing; of two at once one closes."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
import pytest

from control_tower.decisions import Author
from control_tower.errors import DatabaseUnreachable, PeriodAlreadyClosed
from tests.identity import crashes
from tests.payments.dues import APPEND_ONLY, JANUARY, Dues

END_THEM = (
    "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database()"
    " and pid <> pg_backend_pid() and application_name like 'control_tower%'"
)
WRITTEN = (*(table.removeprefix("ops.") for table in APPEND_ONLY[:3]), "human_decisions")


@pytest.mark.parametrize("table", WRITTEN)
def test_a_closing_that_is_killed_leaves_nothing_and_may_be_repeated(dues: Dues, table: str) -> None:
    dues.due(1, "2026-01-05")
    dues.due(2, "2026-01-05", scout=8)
    dues.connection.execute(crashes.GATES)
    before = dues.everything()
    with ThreadPoolExecutor(1) as pool:
        with crashes.closed_gate(dues.connection, table):
            closing = pool.submit(dues.close, JANUARY, author=Author("rosa", "manual__1"))
            crashes.wait_until(lambda: crashes.somebody_waits(dues.connection))
            dues.connection.execute(END_THEM)
            with pytest.raises(DatabaseUnreachable):
                closing.result(crashes.PATIENCE)
        assert dues.everything() == before
        pool.submit(dues.close, JANUARY, author=Author("rosa", "manual__1")).result(crashes.PATIENCE)
    assert dues.amounts(JANUARY) == {(7, "PEN"): 20, (8, "PEN"): 20}
    assert len(dues.rows("select * from ops.human_decisions")) == 1


def test_of_two_closings_at_once_the_second_is_refused(dues: Dues) -> None:
    dues.due(1, "2026-01-05")
    dues.connection.execute(crashes.GATES)
    outcomes: list[Any] = []

    def close(name: str) -> None:
        try:
            outcomes.append(dues.close(JANUARY, author=Author(name)).period_id)
        except PeriodAlreadyClosed as error:
            outcomes.append(error)

    threads = [threading.Thread(target=close, args=[name]) for name in ("rosa", "luis")]
    with crashes.closed_gate(dues.connection, "scout_statement_lines"):
        for thread in threads:
            thread.start()
        crashes.wait_until(lambda: waiting(dues.connection) == 2)
    for thread in threads:
        thread.join(crashes.PATIENCE)
    assert sorted(isinstance(outcome, PeriodAlreadyClosed) for outcome in outcomes) == [False, True]
    assert dues.amounts(JANUARY) == {(7, "PEN"): 20}


def waiting(connection: psycopg.Connection[Any]) -> int:
    """How many sessions wait for a lock."""
    row = connection.execute(
        "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"
    ).fetchone()
    return int(row[0]) if row else 0
