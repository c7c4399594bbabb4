"""Whether a database may be taken for the demo, and how it is made ready: by whom nothing of others is ever lost.

Audit rows cannot be taken out, and what a run does depends on them: two demos in one database would not tell the same
story. Hence each demo begins in a new one; that of an earlier demo, and of nobody else, is dropped for it.
"""

from __future__ import annotations

from typing import Any

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from control_tower.database import connect, describe, explain
from devtools.demo.fleet import SOURCE_COLUMNS
from devtools.demo.load import DemoRefused
from devtools.demo.sql_files import read_sql

NEXT = (
    "give the demo a database of its own: unset AIRFLOW_CONN_CONTROL_TOWER, and it uses the one in this folder; "
    "if that is the one that is meant, `make clean` empties it."
)


def make_room() -> bool:
    """See to it that the Airflow connection `control_tower` leads to a database that the demo may fill.

    A database may be taken when there is no row in any table that the demo and the pipeline would fill. One in which
    an earlier demo lives is dropped, with every session in it, and created anew.

    Returns:
        Whether an earlier demo made room.

    Raises:
        DemoRefused: somebody else lives there, or the user may not create it anew; nothing was changed.
        ControlTowerError: the database refused a statement.
    """
    with connect(application_name="control_tower demo", autocommit=True) as connection:
        try:
            if not _has_rows(connection, "demo", "loads"):
                refuse_inhabited_database(connection)
                return False
            _refuse_foreign_content(connection)
            name, owner = _renewable(connection)
            _renew(connection, name, owner)
        except psycopg.Error as error:
            raise explain(error, connection) from error
    return True


def refuse_inhabited_database(connection: psycopg.Connection[Any]) -> None:
    """Refuse a database that has a row in any table that the demo or the pipeline would fill.

    Raises:
        DemoRefused: it has.
    """
    inhabited = [
        f"{schema}.{table}"
        for schema, table in [*(("public", table) for table in SOURCE_COLUMNS), *tables_of_results(connection)]
        if _has_rows(connection, schema, table)
    ]
    if inhabited:
        raise DemoRefused(
            f"The demo was not loaded and nothing was changed: {describe(connection)} has rows that no demo wrote, "
            f"in {', '.join(inhabited)}.",
            NEXT,
        )


def _refuse_foreign_content(connection: psycopg.Connection[Any]) -> None:
    """Refuse a database that holds anything beside an earlier demo and what the pipeline made of it."""
    objects = [row[0] for row in connection.execute(read_sql("foreign_objects.sql"))]
    for file in ("foreign_rows.sql", "foreign_results.sql"):
        objects += [f"{table} ({count:,})" for table, count in connection.execute(read_sql(file))]
    if objects:
        raise DemoRefused(
            f"The demo was not loaded and nothing was changed: {describe(connection)} holds an earlier demo, and "
            f"beside it what no demo wrote: {', '.join(objects)}.",
            NEXT,
        )


def _renewable(connection: psycopg.Connection[Any]) -> tuple[str, str]:
    """Name and owner of the session's database, if its user may drop it and create it as it was."""
    row = connection.execute(read_sql("renewable.sql")).fetchone()
    if row is None:
        raise DemoRefused(
            f"An earlier demo lives in {describe(connection)}, and this user may not create the database anew.",
            "let a DBA drop the database and create it empty; or unset AIRFLOW_CONN_CONTROL_TOWER, and the demo uses "
            "the one in this folder.",
        )
    return str(row[0]), str(row[1])


def _renew(connection: psycopg.Connection[Any], name: str, owner: str) -> None:
    dsn = make_conninfo(connection.info.dsn, dbname="postgres", password=connection.info.password or None)
    try:
        maintenance = psycopg.connect(dsn, autocommit=True)
    except psycopg.OperationalError as error:
        raise explain(error, where=f'database "postgres" beside {describe(connection)}') from error
    with maintenance:
        maintenance.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))
        maintenance.execute(sql.SQL("create database {} owner {}").format(sql.Identifier(name), sql.Identifier(owner)))


def tables_of_results(connection: psycopg.Connection[Any], *, only_lasting: bool = False) -> list[tuple[str, str]]:
    """Schema and name of every table in which the pipeline keeps its results or its work.

    Args:
        connection: a session.
        only_lasting: leave out those that hold the work of one run alone.
    """
    rows = connection.execute(read_sql("tables_of_results.sql")).fetchall()
    return [(schema, table) for schema, table, is_lasting in rows if is_lasting or not only_lasting]


def _has_rows(connection: psycopg.Connection[Any], schema: str, table: str) -> bool:
    """Whether there is such a table and a row in it."""
    known = connection.execute("select to_regclass(%s)", [f"{schema}.{table}"]).fetchone()
    if known is None or known[0] is None:
        return False
    statement = sql.SQL("select exists(select from {})").format(sql.Identifier(schema, table))
    row = connection.execute(statement).fetchone()
    return bool(row and row[0])
