"""The demo's own database: made by the demo, dropped by the next one, and the only one that it touches.

Audit rows cannot be deleted, and later runs depend on them. So each demo starts in a new database.
"""

from __future__ import annotations

import os
from dataclasses import dataclass

import psycopg
from psycopg import sql

from control_tower.database import connect
from control_tower.driver_errors import CONNECTION_ID, explain, name_session
from control_tower.errors import ControlTowerError
from devtools.local.airflow_home import DEMO_COMMENT, DEMO_DATABASE, WAREHOUSE_CONNECTION, LocalFolders
from devtools.local.embedded import existing_server


class DemoRefused(ControlTowerError):
    """The demo cannot have its database; nothing was changed."""


@dataclass(frozen=True)
class DemoDatabase:
    """The database that a demo has just made.

    Attributes:
        is_replacement: an earlier demo's database was dropped for it.
        is_local: it is on the embedded server, and not on one that the user named.
    """

    is_replacement: bool
    is_local: bool


def create_demo_database() -> DemoDatabase:
    """Create the demo's database on the server of the Airflow connection `control_tower`, and connect to it.

    From then on the environment of this process, and of those that it starts, names the new database. A database that
    an earlier demo made is dropped first, with every session in it.

    Raises:
        DemoRefused: a database of that name exists that no demo made, or the user may not create databases.
        ControlTowerError: the server is unreachable, or refused a statement.
    """
    from airflow.sdk import BaseHook

    target = BaseHook.get_connection(CONNECTION_ID)
    where = name_session(host=target.host, port=target.port, user=target.login)
    target.schema = "postgres"
    os.environ[WAREHOUSE_CONNECTION] = target.get_uri()
    with connect(application_name="control_tower demo", autocommit=True) as maintenance:
        try:
            is_replacement = _drop_earlier(maintenance, where)
            maintenance.execute(sql.SQL("create database {}").format(sql.Identifier(DEMO_DATABASE)))
            maintenance.execute(
                sql.SQL("comment on database {} is {}").format(sql.Identifier(DEMO_DATABASE), DEMO_COMMENT)
            )
        except psycopg.errors.InsufficientPrivilege as error:
            raise DemoRefused(
                f"The demo needs a database of its own, {DEMO_DATABASE}, and this user may not create it on {where}.",
                f"let a DBA run `alter role {target.login} createdb`; or unset {WAREHOUSE_CONNECTION}, and the demo "
                "uses the server in this folder.",
            ) from error
        except psycopg.Error as error:
            raise explain(error, maintenance) from error
    target.schema = DEMO_DATABASE
    os.environ[WAREHOUSE_CONNECTION] = target.get_uri()
    embedded = existing_server(LocalFolders().postgres)
    return DemoDatabase(is_replacement, embedded is not None and str(embedded.socket_folder) == target.host)


def _drop_earlier(maintenance: psycopg.Connection[tuple[object, ...]], where: str) -> bool:
    """Drop the database of an earlier demo; whether there was one."""
    earlier = maintenance.execute(
        "select shobj_description(oid, 'pg_database') from pg_database where datname = %s", [DEMO_DATABASE]
    ).fetchone()
    if earlier is None:
        return False
    if earlier[0] != DEMO_COMMENT:
        raise DemoRefused(
            f"A database {DEMO_DATABASE} that no demo made exists on {where}; nothing was changed.",
            f"rename it, or drop it if it is not needed; or unset {WAREHOUSE_CONNECTION}, and the demo uses the "
            "server in this folder.",
        )
    maintenance.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(DEMO_DATABASE)))
    return True
