"""Kill ingestion processes at a chosen point of a run, on the data of a small fleet."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection as Pipe
from multiprocessing.process import BaseProcess
from typing import Any

import psycopg

from tests.identity import sources
from tests.pipeline import ingest

Connection = psycopg.Connection[Any]

PATIENCE = 30.0
"""Seconds after which a test stops waiting for an immediate event."""

ANA, EVA, LUZ = "Ana Lucia Torres Vega", "Eva Maria Rios Salas", "Luz Elena Campos Diaz"

SHEET = {
    3: ("Carla Nunez Ortiz", "911000333"),
    4: ("Bruno Salas Lara", "911000444"),
    5: ("Delia Vargas Solis", "911000555"),
    6: ("Elmer Zapata Cano", "911000666"),
}
"""People of scouting rows, by the row's number."""

GATES = """
create function public.wait_at_gate() returns trigger language plpgsql as $$
begin
    perform pg_advisory_xact_lock_shared(815, hashtext(tg_table_name));
    return null;
end
$$;
do $$
declare
    relation regclass;
begin
    for relation in
        select oid from pg_class
        where relkind = 'r' and relnamespace::regnamespace::text in ('canon', 'observational', 'ops')
    loop
        execute format(
            'create trigger gate after insert or update or delete on %s for each statement'
            ' execute function public.wait_at_gate()', relation
        );
    end loop;
end
$$;
"""
"""Triggers that block writers of a table while a test holds its gate."""


def yesterday(connection: Connection) -> None:
    """Rows ingested earlier: links of several rules, a person without driver, open records, a sheet of four rows."""
    sources.driver(connection, "d1", full_name=ANA, phone="987654321", license_number="Q51239876")
    sources.driver(connection, "d2", full_name=EVA, car_number="ABC-123")
    sources.lead(connection, "l1", "Ana Torres", park_phone="987654321")
    sources.lead(connection, "l2", "RIOS SALAS EVA", asset_plate_number="ABC123")
    sources.lead(connection, "l3", LUZ, park_phone="912345678")
    sources.lead(connection, "l4", "Nadie Conocido")
    for row_id in (3, 4, 5, 6):
        sources.driver(connection, f"sheet{row_id}", full_name=SHEET[row_id][0], phone=SHEET[row_id][1])
        sources.scouting(connection, row_id, SHEET[row_id][0], driver_phone=SHEET[row_id][1], scout_id=row_id)
    sources.scouting(connection, 7, "Nadie Conocida", driver_phone="922333111")
    for row_id, phone, licence in ((1, "955444333", None), (2, None, "Q40312875")):
        sources.scouting(connection, row_id, "Rosa Melgar Pinto", driver_phone=phone, driver_license=licence)
    ingest()
    for row_id in ("1", "2"):  # as the attribution backfill founds persons
        connection.execute(
            "with person as (insert into canon.identity_registry (person_key, confidence_level)"
            " values (gen_random_uuid(), 'LOW') returning person_key),"
            " link as (insert into canon.identity_links (person_key, source_table, source_pk, snapshot_date,"
            " match_rule, match_score, confidence_level) select person_key, 'module_ct_scouting_daily', %(pk)s, now(),"
            " 'NEW_PERSON', 50, 'LOW' from person)"
            " update observational.lead_events set person_key = (select person_key from person)"
            " where source_table = 'module_ct_scouting_daily' and source_pk = %(pk)s",
            {"pk": row_id},
        )
        connection.execute(
            "update canon.identity_unmatched set status = 'RESOLVED', resolved_at = now()"
            " where source_table = 'module_ct_scouting_daily' and source_pk = %s",
            [row_id],
        )


def today(connection: Connection) -> None:
    """Rows that every step processes: new, edited, contested, merged, shared, by car, moved, overwritten, gone."""
    sources.driver(connection, "d3", full_name=LUZ, phone="912345678")
    sources.driver(connection, "d4", full_name="Pedro Huaman Rojas", phone="987654321")
    sources.driver(connection, "d5", full_name=ANA, license_number="Q51239876", park_id="other")
    sources.driver(connection, "d6", full_name="Rosa Melgar Pinto", phone="955444333", license_number="Q40312875")
    sources.driver(connection, "d7", full_name="Ines Paz Leon Cueva", car_brand="Kia", car_model="Rio")
    sources.lead(connection, "l5", "LEON CUEVA INES PAZ", asset_model="Kia Rio")
    sources.lead(connection, "l6", "Ana Torres Vega", park_phone="+51 987 654 321")
    sources.lead(connection, "l7", None, park_phone="933222111", lead_created_at=None)
    sources.migration(connection, 1, "d2")
    for number, name in enumerate(("Juan Soto", "Olga Prado", "Hugo Tello", "Nora Bueno", "Saul Mejia", "Elsa Quiroz")):
        sources.driver(connection, f"shared{number}", full_name=f"{name} Ramos{number}", phone="944333222")
    sources.lead(connection, "l8", "Juan Soto", park_phone="944333222")
    connection.execute("delete from public.module_ct_scouting_daily where id in (4, 5, 7)")
    sources.scouting(connection, 5, SHEET[4][0], driver_phone=SHEET[4][1], scout_id=4)  # moved, over a row that is gone
    connection.execute(
        "update public.module_ct_scouting_daily set driver_name = 'Otra Persona', driver_phone = '911000777'"
        " where id = 6"
    )
    connection.execute("update public.module_ct_scouting_daily set scout_id = 33 where id = 3")
    connection.execute("update public.drivers set phone = '966555444' where driver_id = 'd1'")
    connection.execute("update public.module_ct_cabinet_leads set park_phone = '966555444' where external_id = 'l4'")


class Child:
    """An ingestion in its own process, which can be stopped before a step and killed.

    Args:
        stop_before: Name of the step before which it waits for `go_on`; None: it does not wait.
    """

    def __init__(self, stop_before: str | None = None) -> None:
        context = multiprocessing.get_context("fork")
        self._pipe, theirs = context.Pipe()
        self.process: BaseProcess = context.Process(target=_ingest, args=(theirs, stop_before), daemon=True)
        self.process.start()
        theirs.close()

    def reached(self) -> None:
        """Wait until the step is next."""
        assert self.answer() == "reached"

    def go_on(self) -> None:
        """Start the step."""
        self._pipe.send("go on")

    def answer(self) -> str:
        """The next message of the process: `reached`, `completed`, or its error as text."""
        assert self._pipe.poll(PATIENCE), "the child says nothing"
        return str(self._pipe.recv())

    def kill(self) -> None:
        """SIGKILL, as the operating system does when memory is short."""
        assert self.process.pid is not None
        os.kill(self.process.pid, signal.SIGKILL)
        self.process.join(PATIENCE)
        self._pipe.close()


def _ingest(pipe: Pipe, stop_before: str | None) -> None:
    def before_step(step: str) -> None:
        if step == stop_before:
            pipe.send("reached")
            pipe.recv()

    with suppress(EOFError, BrokenPipeError):
        try:
            ingest(before_step=before_step)
        except Exception as error:  # noqa: BLE001 - the parent judges it
            pipe.send(f"{type(error).__name__}: {error}")
        else:
            pipe.send("completed")


@contextmanager
def closed_gate(connection: Connection, table: str) -> Iterator[None]:
    """Block writers of the table, or the refresh of a materialised view."""
    if table.startswith("mv_"):
        with psycopg.connect(connection.info.dsn) as reader:
            reader.execute(f"select 1 from public.{table}")  # type: ignore[arg-type]
            yield
        return
    connection.execute("select pg_advisory_lock(815, hashtext(%s))", [table])
    try:
        yield
    finally:
        connection.execute("select pg_advisory_unlock(815, hashtext(%s))", [table])


def wait_until(condition: Callable[[], object]) -> None:
    """Poll until true or timeout."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


def somebody_waits(connection: Connection) -> bool:
    """Whether a session of this database waits for a lock."""
    return bool(_sessions(connection, "wait_event_type = 'Lock'"))


def nobody_is_left(connection: Connection) -> bool:
    """Whether the server has ended the sessions of all killed processes."""
    return not _sessions(connection, "true")


def _sessions(connection: Connection, condition: str) -> int:
    row = connection.execute(
        "select count(*) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()"
        f" and application_name like 'control_tower%' and {condition}"  # type: ignore[arg-type]
    ).fetchone()
    return int(row[0]) if row else 0


def let_time_pass(connection: Connection) -> None:
    """Shift the times of all runs back by an hour, so that a silent run counts as abandoned at once."""
    connection.execute(
        "update ops.ingestion_runs set started_at = started_at - interval '1 hour',"
        " heartbeat_at = heartbeat_at - interval '1 hour'"
    )
    connection.execute("update ops.run_steps set finished_at = finished_at - interval '1 hour'")
