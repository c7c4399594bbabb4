"""Random actions of loaders with runs in between: every row is accounted for, or the source is named as unreadable."""

from __future__ import annotations

import os
import random
from collections import Counter
from collections.abc import Callable
from typing import Any

import psycopg
import pytest

from control_tower import errors
from control_tower.monitoring import health_check
from tests.identity.loaders import PHONES, Loader
from tests.pipeline import attribute, ingest

Warehouse = psycopg.Connection[Any]

ACTIONS = int(os.environ.get("SOAK_ACTIONS", "40"))
SEED = int(os.environ.get("SOAK_SEED", "18"))
PER_RUN = 2
"""Actions between two runs."""

KEYS = {
    "module_ct_cabinet_leads": "coalesce(source.external_id::text, source.id::text)",
    "module_ct_scouting_daily": "source.id::text",
    "module_ct_migrations": "source.id::text",
}


def unaccounted(warehouse: Warehouse) -> list[tuple[Any, ...]]:
    """Rows of the tables as they are that are in neither or both of links and unmatched, or are known otherwise."""
    found: list[tuple[Any, ...]] = []
    for table, key in KEYS.items():
        phone = f"source.{PHONES[table]}::numeric::text" if table in PHONES else "null"
        found += warehouse.execute(
            f"""
            select '{table}', source.pk, source.phone, record.phone_norm, link.match_rule, unmatched.reason_code
            from (select {key} as pk, {phone} as phone from public.{table} as source) as source
            left join canon.records_index as record
                on record.source_table = '{table}' and record.source_pk = source.pk and record.gone_since is null
            left join canon.identity_links as link
                on link.source_table = '{table}' and link.source_pk = source.pk
            left join canon.identity_unmatched as unmatched
                on unmatched.source_table = '{table}' and unmatched.source_pk = source.pk
                and unmatched.status <> 'RESOLVED'
            where
                record.source_pk is null
                or (link.source_pk is null) = (unmatched.source_pk is null)
                or (
                    record.phone_norm is distinct from source.phone
                    and not exists (
                        select from canon.replaced_records as held
                        where held.source_table = '{table}' and held.source_pk = source.pk
                    )
                )
            """.encode()
        ).fetchall()
    found += warehouse.execute(
        "select 'drivers', source.driver_id::text, source.phone::text, seen.phone_norm from public.drivers as source"
        " left join canon.drivers_index as seen on seen.driver_id = source.driver_id::text"
        " where seen.phone_norm is distinct from source.phone::text"
    ).fetchall()
    return found


def run(warehouse: Warehouse, pipeline: Callable[[], int], loader: Loader, told: Counter[str]) -> bool:
    """One run of a pipeline; returns whether it completed. If not, it must have said which table is in its way."""
    # as the callback of a failed task does
    warehouse.execute("update ops.ingestion_runs set status = 'FAILED' where status = 'RUNNING'")
    try:
        pipeline()
    except errors.ControlTowerError as error:
        named = {table for table in loader.obstacles if f"public.{table}" in str(error)}
        if not named and not loader.locked:
            raise
        told["runs that named an unreadable table" if named else "runs that found a table locked"] += 1
        return False
    told["runs that completed"] += 1
    return True


def test_whatever_a_loader_does_every_row_is_accounted_for(
    warehouse: Warehouse, figure: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONTROL_TOWER_LOCK_TIMEOUT_SECONDS", "1")
    rng = random.Random(SEED)
    told: Counter[str] = Counter()
    with psycopg.connect(warehouse.info.dsn, autocommit=True) as session:
        loader = Loader(session, rng)
        for table in KEYS:
            loader.add(table)

        def disturb(step: str) -> None:
            """Act between two steps of a run, now and then."""
            if rng.random() < 0.15:
                loader.act(is_readable=True)

        for number in range(1, ACTIONS + 1):
            loader.act()
            if number % PER_RUN:
                continue
            if number % (5 * PER_RUN) == 0 and not loader.locked and not loader.obstacles:
                run(warehouse, lambda: ingest(before_step=disturb), loader, told)
            is_complete = run(warehouse, ingest, loader, told)
            if is_complete and not loader.obstacles and not loader.locked:
                assert unaccounted(warehouse) == []
            if number % (5 * PER_RUN) == 0:
                run(warehouse, attribute, loader, told)
                if not loader.locked:
                    _check_health(warehouse, loader, told)
        while loader.obstacles or loader.locked:
            loader.mend()
        assert run(warehouse, ingest, loader, told)
        assert run(warehouse, attribute, loader, told)
        assert unaccounted(warehouse) == []
        rows = {table: session.execute(f"select count(*) from public.{table}".encode()).fetchone() for table in KEYS}
    figure(
        f"{ACTIONS} loader actions (seed {SEED}): "
        + ", ".join(f"{count} {name}" for name, count in sorted(loader.done.items()))
        + "; "
        + ", ".join(f"{count} {name}" for name, count in sorted(told.items()))
        + f"; in the end {sum(row[0] for row in rows.values() if row)} records, 0 unaccounted for"
    )


def _check_health(warehouse: Warehouse, loader: Loader, told: Counter[str]) -> None:
    """Exactly the sources that cannot be read are told as such."""
    health_check.run_all_checks(warehouse, health_check.clock(warehouse), configured={})
    failed = warehouse.execute(
        "select check_name from ops.v_check_results where check_name ~ '^source\\.' and state = 'CHECK_FAILED'"
    ).fetchall()
    assert {name.removeprefix("source.") for (name,) in failed} == set(loader.obstacles)
    told["health checks that named just the unreadable sources"] += 1
