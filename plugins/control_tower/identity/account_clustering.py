"""Cluster the driver accounts of one person: same licence or phone, compatible names."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

import psycopg

from control_tower.database import copy_rows, execute_file, read_sql
from control_tower.identity.connected_components import connected_components
from control_tower.identity.name_matching import CONTRADICT, SIMILAR, compare_names


class AccountPair(NamedTuple):
    """Two accounts that share a licence or phone; names and licences are normalised, None if missing."""

    driver_a: str
    driver_b: str
    name_a: str | None
    name_b: str | None
    license_a: str | None
    license_b: str | None

    @property
    def shares_license(self) -> bool:
        """Whether both accounts have the same licence."""
        return self.license_a is not None and self.license_a == self.license_b


def group_accounts(connection: psycopg.Connection[Any], run_id: int) -> dict[str, int]:
    """Recompute the groups of affected accounts and write them to `canon.drivers_index.account_group`.

    A group is named after its smallest driver_id; a single account is its own group.

    Returns:
        `rows`: accounts whose group changed; `accounts`: affected accounts; `pairs`: pairs compared.
    """
    del run_id  # the result does not depend on the run
    accounts = execute_file(connection, "pipeline/2_prepare/affected_accounts.sql")["accounts"]
    pairs = [AccountPair(*row) for row in connection.execute(read_sql("pipeline/2_prepare/account_pairs.sql"))]
    connection.execute(
        "create temporary table account_groups_this_step (driver_id varchar, account_group varchar) on commit drop"
    )
    members = ((driver_id, group[0]) for group in cluster_accounts(pairs) for driver_id in group)
    copy_rows(connection, "copy pg_temp.account_groups_this_step from stdin", members)
    regrouped = execute_file(connection, "pipeline/2_prepare/regroup_accounts.sql")["regrouped"]
    return {"rows": regrouped, "accounts": accounts, "pairs": len(pairs)}


def cluster_accounts(pairs: Iterable[AccountPair]) -> list[list[str]]:
    """Clusters of two and more accounts that one person holds, each sorted.

    The same licence joins two accounts unless their names contradict. The same phone joins them if their names agree
    and they do not have two different licences. A cluster that would hold different licences is split again by licence
    alone: relatives share phones, never licences.
    """
    by_license: list[tuple[str, str]] = []
    by_phone: list[tuple[str, str]] = []
    licenses: dict[str, str] = {}
    for pair in pairs:
        carried = {pair.driver_a: pair.license_a, pair.driver_b: pair.license_b}
        licenses |= {driver_id: license_norm for driver_id, license_norm in carried.items() if license_norm}
        verdict = compare_names(pair.name_a, pair.name_b).verdict if pair.name_a and pair.name_b else None
        if pair.shares_license:
            if verdict != CONTRADICT:
                by_license.append((pair.driver_a, pair.driver_b))
        elif verdict in SIMILAR and (pair.license_a is None or pair.license_b is None):
            by_phone.append((pair.driver_a, pair.driver_b))
    groups: list[list[str]] = []
    for group in connected_components([*by_license, *by_phone]):
        if len({licenses[driver_id] for driver_id in group if driver_id in licenses}) <= 1:
            groups.append(group)
        else:
            members = set(group)
            groups.extend(connected_components(edge for edge in by_license if edge[0] in members))
    return groups
