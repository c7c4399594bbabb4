"""Writers that commit late or out of order, roll back and back-date, during repeated ingestions."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from typing import Any

import psycopg

from tests.identity import results, sources
from tests.pipeline import ingest

PATIENCE = 60.0
Connection = psycopg.Connection[Any]
Write = Callable[[Connection], None]


class Ingestions:
    """Counts the runs, so that a writer can keep its transaction open across whole runs."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._finished = 0

    def finish(self) -> None:
        with self._changed:
            self._finished += 1
            self._changed.notify_all()

    def wait_for(self, runs: int) -> None:
        """Wait until that many more runs have finished; the second of two began after this call."""
        with self._changed:
            goal = self._finished + runs
            assert self._changed.wait_for(lambda: self._finished >= goal, PATIENCE)


class Writer(threading.Thread):
    """A session that writes in transactions which span whole runs.

    Args:
        uri: The warehouse.
        ingestions: What its transactions wait for.
        writes: One transaction each; one that raises `Rollback` is rolled back.
        runs: How many runs each transaction outlives.
    """

    def __init__(self, uri: str, ingestions: Ingestions, writes: list[Write], runs: int = 2) -> None:
        super().__init__(daemon=True)
        self.error: Exception | None = None
        self._uri, self._ingestions, self._writes, self._runs = uri, ingestions, writes, runs

    def run(self) -> None:
        try:
            with psycopg.connect(self._uri, autocommit=True) as connection:
                for write in self._writes:
                    with connection.transaction():
                        write(connection)
                        self._ingestions.wait_for(self._runs)
                        if write is nothing_comes_of_it:
                            raise psycopg.Rollback
        except Exception as error:  # noqa: BLE001 - the test judges it
            self.error = error


def leads(prefix: str, count: int, created: str = "2026-10-30 10:00") -> Write:
    def write(connection: Connection) -> None:
        draw = random.Random(prefix)
        for number in range(count):
            sources.lead(
                connection,
                f"{prefix}{number}",
                draw.choice(["Ana Torres Vega", "Eva Rios Salas", None]),
                park_phone=draw.choice([f"9{draw.randrange(40):02d}123456", None]),
                lead_created_at=created,
            )

    return write


def drivers(prefix: str, numbers: range) -> Write:
    def write(connection: Connection) -> None:
        for number in numbers:
            name = ["Ana Torres Vega", "Eva Rios Salas"][number % 2]
            sources.driver(connection, f"{prefix}{number}", full_name=name, phone=f"9{number:02d}123456")

    return write


def scouting_with_savepoints(first: int) -> Write:
    """Half of the rows are written in savepoints that are rolled back; a row's version is its savepoint's."""

    def write(connection: Connection) -> None:
        for number in range(first, first + 20):
            with connection.transaction():
                sources.scouting(connection, number, "Eva Rios", driver_phone=f"9{number % 40:02d}123456")
                if number % 2:
                    raise psycopg.Rollback

    return write


def edits(connection: Connection) -> None:
    connection.execute(
        "update public.module_ct_cabinet_leads set park_phone = '977123456', lead_created_at = '2019-01-01'"
        " where external_id like 'early%'"
    )
    connection.execute("update public.drivers set phone = '977123456' where driver_id = 'early3'")


def bulk_import(connection: Connection) -> None:
    with (
        connection.cursor() as cursor,
        cursor.copy(
            "copy public.module_ct_cabinet_leads (external_id, first_name, park_phone, lead_created_at) from stdin"
        ) as copy,
    ):
        for number in range(2_000):
            copy.write_row((f"bulk{number}", "Eva Rios", f"9{number % 90:02d}123456", f"{2001 + number % 25}-05-05"))


def nothing_comes_of_it(connection: Connection) -> None:
    leads("ghost", 10)(connection)
    connection.execute("update public.drivers set phone = null")


def test_no_row_is_lost_or_doubled_however_its_transaction_ends(warehouse: Connection, server: Any) -> None:
    uri = server.uri(warehouse.info.dbname)
    ingestions = Ingestions()
    drivers("early", range(10))(warehouse)
    leads("early", 5)(warehouse)
    writers = [
        Writer(uri, ingestions, [leads("first", 10), edits, leads("again", 10)]),
        Writer(uri, ingestions, [leads("long", 10)], runs=5),  # begins before others, and commits after them
        Writer(uri, ingestions, [leads("quick", 3), leads("brisk", 3), leads("swift", 3), leads("rapid", 3)], runs=1),
        Writer(uri, ingestions, [leads("old", 10, "2003-02-01 00:00"), leads("undated", 5, "infinity")]),
        Writer(uri, ingestions, [drivers("late", range(10, 25)), drivers("later", range(25, 40))]),
        Writer(uri, ingestions, [scouting_with_savepoints(100), scouting_with_savepoints(200)]),
        Writer(uri, ingestions, [bulk_import], runs=3),
        Writer(uri, ingestions, [nothing_comes_of_it], runs=3),
    ]
    for writer in writers:
        writer.start()
    runs = 0
    while any(writer.is_alive() for writer in writers):
        ingest()  # its checks look for records older than the run that are not accounted for
        ingestions.finish()
        runs += 1
    ingest()

    assert [writer.error for writer in writers] == [None] * len(writers)
    assert runs >= 5
    source = {
        (row[0], row[1]): row[2:]
        for row in warehouse.execute(
            "select source_table, source_pk, canon.plausible_date(event_date), scout_id from canon.source_records"
        )
    }
    linked = {key for key in results.links(warehouse) if key[0] != "drivers"}
    unmatched = set(results.unmatched(warehouse))
    assert len(source) == 5 + 20 + 10 + 12 + 15 + 20 + 2_000
    assert linked | unmatched == set(source)
    assert not linked & unmatched
    assert linked
    events = {
        (row[0], row[1]): row[2:]
        for row in warehouse.execute(
            "select source_table, source_pk, event_date, scout_id from observational.lead_events"
        )
    }
    dated = {key: row for key, row in source.items() if row[0] is not None}
    # A record that lost its date keeps the event of the day it once had.
    assert {key: row for key, row in events.items() if key in dated} == dated
    assert {key for key in events if key not in dated} <= {key for key in source if key[1].startswith("early")}
    assert warehouse.execute("select count(*) from canon.evaluation_queue").fetchone() == (0,)

    before = results.content(warehouse)
    ingest(incremental=False)
    assert results.content(warehouse) == before, "a full check finds nothing that the runs overlooked"
