from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from psycopg import sql

from control_tower.settings import get_settings


@pytest.fixture(autouse=True)
def _fresh_settings() -> Iterator[None]:
    """Clear the cached settings before and after each test."""
    get_settings.cache_clear()
    yield
    get_settings.cache_clear()


@pytest.fixture
def warehouses(
    server: Any, migrated_template: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[], psycopg.Connection[Any]]]:
    """Create migrated, empty warehouses; the newest is the Airflow connection `control_tower`."""
    made: list[tuple[str, psycopg.Connection[Any]]] = []

    def make() -> psycopg.Connection[Any]:
        name = server.create(template=migrated_template)
        monkeypatch.setenv("AIRFLOW_CONN_CONTROL_TOWER", server.airflow_uri(name))
        connection = psycopg.connect(server.uri(name), autocommit=True)
        made.append((name, connection))
        return connection

    yield make
    for name, connection in made:
        connection.close()
        server.drop(name)


@pytest.fixture
def foreign(warehouse: psycopg.Connection[Any]) -> psycopg.Connection[Any]:
    """A warehouse whose source tables have no indexes, which would refuse some of the rubbish."""
    warehouse.execute("alter table public.drivers drop constraint drivers_pkey")
    indexes = warehouse.execute(
        "select indexname from pg_indexes where schemaname = 'public' and tablename = %s and indexname !~ 'pkey'",
        ["module_ct_cabinet_leads"],
    )
    for (index,) in indexes.fetchall():
        warehouse.execute(sql.SQL("drop index public.{}").format(sql.Identifier(index)))
    return warehouse
