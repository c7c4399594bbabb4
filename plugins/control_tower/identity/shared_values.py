"""Phones, licences and plates that too many different people carry to be evidence alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, Literal

import psycopg

from control_tower.database import execute_file, fetch_one, read_sql
from control_tower.identity.name_matching import SIMILAR, compare_names

OBVIOUS = 20
"""So many times the limit of different spellings is hot without comparing them; nobody misspells that often."""

ACCOUNTS = 10
"""So many times the limit of driver accounts is hot whatever their names: test accounts and placeholders."""


def find_shared_phones(connection: psycopg.Connection[Any], run_id: int) -> dict[str, int]:
    """`find_shared_values` among phones."""
    return find_shared_values(connection, run_id, "phone")


def find_shared_licenses(connection: psycopg.Connection[Any], run_id: int) -> dict[str, int]:
    """`find_shared_values` among driving licences."""
    return find_shared_values(connection, run_id, "license")


ALL_VALUES: Final = "pipeline/2_prepare/all_values_to_count.sql"
DIRTY_VALUES: Final = "pipeline/2_prepare/dirty_values_to_count.sql"


def find_shared_plates(connection: psycopg.Connection[Any], run_id: int) -> dict[str, int]:
    """`find_shared_values` among number plates."""
    return find_shared_values(connection, run_id, "plate")


def find_shared_values(
    connection: psycopg.Connection[Any], run_id: int, kind: Literal["phone", "license", "plate"]
) -> dict[str, int]:
    """Count again how many people carry each touched value, and keep those above the limit in `canon.shared_values`.

    People are names that do not agree with one another: three spellings of one person count once. Carriers
    without a name count for nobody.

    Args:
        connection: Session in a transaction that the caller commits.
        run_id: The run, whose setting `hot_value_people` is the limit.
        kind: Which values; the others are left alone.

    Returns:
        `hot`: hot values among those counted; `counted`: values with enough carriers to be suspicious.
    """
    limit = int(fetch_one(connection, "select hot_value_people from ops.run_settings(%s)", [run_id])[0])
    which = {"kind": kind, "limit": limit, "run_id": run_id}
    touched, are_most = fetch_one(connection, read_sql("pipeline/2_prepare/touched_share.sql"))
    if not touched:
        return {"hot": 0, "counted": 0}
    execute_file(connection, ALL_VALUES if are_most else DIRTY_VALUES, which)
    execute_file(connection, "pipeline/2_prepare/suspicious_values.sql", which)
    suspicious = connection.execute("select value, driver_accounts, names from pg_temp.suspicious_values").fetchall()
    connection.execute(
        "create temporary table recounted_shared_values (value text, people integer, carriers integer) on commit drop"
    )
    hot = 0
    with (
        connection.cursor() as writer,
        writer.copy("copy pg_temp.recounted_shared_values from stdin") as copy,
    ):
        for value, driver_accounts, names in suspicious:
            people = count_people(names or [], limit)
            if people > limit or driver_accounts > ACCOUNTS * limit:
                copy.write_row((value, people, driver_accounts))
                hot += 1
    execute_file(connection, "pipeline/2_prepare/replace_shared_values.sql", which)
    return {"hot": hot, "counted": len(suspicious)}


def count_people(names: Sequence[str], limit: int) -> int:
    """How many people stand behind these different normalised names, or more where that changes nothing.

    Args:
        names: Different names; agreeing ones, directly or through others, are one person.
        limit: Above this many people a value is hot. Names are compared until it is certain on which side of it their
            people are, and what is left is counted as it is; of more than `OBVIOUS` times as many names none are
            compared.
    """
    left = list(names)
    people = 0
    while people < limit < people + len(left) <= OBVIOUS * limit:
        spellings = [left.pop(0)]
        for spelling in spellings:  # grows while it is gone through
            alike = [name for name in left if compare_names(spelling, name).verdict in SIMILAR]
            spellings += alike
            left = [name for name in left if name not in alike]
        people += 1
    return people + len(left)
