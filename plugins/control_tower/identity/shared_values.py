"""Shared values: phones, licences and plates carried by too many different people to be evidence alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, Literal

import psycopg

from control_tower.database import copy_rows, execute_file, fetch_one, read_sql
from control_tower.identity.name_matching import SIMILAR, compare_names

NAMES_FACTOR = 20
"""Above this many distinct names per limit a value is shared without comparing them: no misspelling explains that."""

ACCOUNTS_FACTOR = 10
"""Above this many driver accounts per limit a value is shared whatever the names: test accounts and placeholders."""

ALL_VALUES: Final = "pipeline/2_prepare/all_values_to_count.sql"
DIRTY_VALUES: Final = "pipeline/2_prepare/dirty_values_to_count.sql"


def find_shared_phones(connection: psycopg.Connection[Any], run_id: int) -> dict[str, int]:
    """`find_shared_values` among phones."""
    return find_shared_values(connection, run_id, "phone")


def find_shared_licenses(connection: psycopg.Connection[Any], run_id: int) -> dict[str, int]:
    """`find_shared_values` among driving licences."""
    return find_shared_values(connection, run_id, "license")


def find_shared_plates(connection: psycopg.Connection[Any], run_id: int) -> dict[str, int]:
    """`find_shared_values` among number plates."""
    return find_shared_values(connection, run_id, "plate")


def find_shared_values(
    connection: psycopg.Connection[Any], run_id: int, kind: Literal["phone", "license", "plate"]
) -> dict[str, int]:
    """Recount how many people carry each dirty value, and store those above the limit in `canon.shared_values`.

    People are counted by names that do not agree: three spellings of one name count once. Carriers without a name are
    not counted. The limit is the run's setting `hot_value_people`; values of other kinds are not changed. A full run
    recounts all values: the limit may be another one than before.

    Returns:
        `shared`: shared values found; `counted`: values with more carriers than the limit.
    """
    settings = "select hot_value_people, is_incremental from ops.run_settings(%s)"
    limit, is_incremental = fetch_one(connection, settings, [run_id])
    which = {"kind": kind, "limit": limit, "run_id": run_id}
    dirty_count, is_full_count_cheaper = fetch_one(connection, read_sql("pipeline/2_prepare/dirty_share.sql"))
    if is_incremental and not dirty_count:
        return {"shared": 0, "counted": 0}
    execute_file(connection, DIRTY_VALUES if is_incremental and not is_full_count_cheaper else ALL_VALUES, which)
    execute_file(connection, "pipeline/2_prepare/suspicious_values.sql", which)
    suspicious = connection.execute(
        "select value, driver_accounts, names from pg_temp.suspicious_values_this_step"
    ).fetchall()
    connection.execute(
        "create temporary table recounted_values_this_step (value text, people integer, carriers integer)"
        " on commit drop"
    )
    shared = (
        (value, people, driver_accounts)
        for value, driver_accounts, names in suspicious
        if (people := count_people(names or [], limit)) > limit or driver_accounts > ACCOUNTS_FACTOR * limit
    )
    shared_count = copy_rows(connection, "copy pg_temp.recounted_values_this_step from stdin", shared)
    execute_file(connection, "pipeline/2_prepare/replace_shared_values.sql", which)
    return {"shared": shared_count, "counted": len(suspicious)}


def count_people(names: Sequence[str], limit: int) -> int:
    """Number of people behind these names, exact only as far as needed to compare it with the limit.

    Args:
        names: Distinct normalised names; those that agree, directly or indirectly, are one person.
        limit: Above this many people a value is shared. Comparison stops when the side of the limit is certain, and
            each name left counts as one person; more than `NAMES_FACTOR` names per limit are not compared at all.
    """
    left = list(names)
    people = 0
    while people < limit < people + len(left) <= NAMES_FACTOR * limit:
        spellings = [left.pop(0)]
        for spelling in spellings:  # grows while iterating
            alike = [name for name in left if compare_names(spelling, name).verdict in SIMILAR]
            spellings += alike
            left = [name for name in left if name not in alike]
        people += 1
    return people + len(left)
