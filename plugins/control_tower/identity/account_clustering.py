"""Cluster the driver accounts of one person: same licence or phone, and compatible names or enough evidence."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final, NamedTuple

import psycopg

from control_tower.database import copy_rows, execute_file, read_sql
from control_tower.identity.connected_components import connected_components
from control_tower.identity.name_evidence import NameBits, NameWeights, read_name_weights
from control_tower.identity.name_matching import CONTRADICT, SIMILAR, align_names

_MANY_BITS = 900.0  # far beyond any sum, and still a number
SAME_PERSON_FROM: Final = 0.99
"""Probability from which two accounts are one person's."""


class AccountPair(NamedTuple):
    """Two accounts that share a licence or phone; names and licences are normalised, None if missing."""

    driver_a: str
    driver_b: str
    name_a: str | None
    name_b: str | None
    license_a: str | None
    license_b: str | None
    key_bits: float
    """Prior, phone, licence and plate, in bits, if both accounts are one person's."""
    household_key_bits: float
    """The same if they are two relatives'."""

    @property
    def shares_license(self) -> bool:
        """Whether both accounts have the same licence."""
        return self.license_a is not None and self.license_a == self.license_b

    def is_one_person(self, weights: NameWeights) -> bool:
        """Whether one person holds both accounts (ADR 3).

        The same licence says so unless the names contradict, the same phone if the names agree and there are not two
        licences; else everything together does if it is enough (SAME_PERSON_FROM).
        """
        alignment = align_names(*sorted((self.name_a or "", self.name_b or "")))
        verdict = alignment.comparison.verdict if self.name_a and self.name_b else None
        if self.shares_license and verdict != CONTRADICT:
            return True
        if verdict in SIMILAR and (self.license_a is None or self.license_b is None):
            return True
        return self.probability(weights.weigh(alignment)) >= SAME_PERSON_FROM

    def probability(self, names: NameBits) -> float:
        """Probability that both accounts are one person's, 0 … 1, given what their names weigh."""
        household = 2.0 ** min(self.household_key_bits + names.household_bits, _MANY_BITS)
        odds: float = 2.0 ** min(self.key_bits + names.bits, _MANY_BITS) / (1.0 + household)
        return odds / (1.0 + odds)


def group_accounts(connection: psycopg.Connection[Any], run_id: int) -> dict[str, int]:
    """Recompute the groups of affected accounts and write them to `canon.drivers_index.account_group`.

    A group is named after its smallest driver_id; a single account is its own group.

    Returns:
        `rows`: accounts whose group changed; `accounts`: affected accounts; `pairs`: pairs compared.
    """
    accounts = execute_file(connection, "pipeline/2_prepare/affected_accounts.sql", {"run_id": run_id})["accounts"]
    pairs = [AccountPair(*row) for row in connection.execute(read_sql("pipeline/2_prepare/account_pairs.sql"))]
    connection.execute(
        "create temporary table account_groups_this_step (driver_id varchar, account_group varchar) on commit drop"
    )
    weights = read_name_weights(connection)
    same = [pair for pair in pairs if pair.is_one_person(weights)]
    members = ((driver_id, group[0]) for group in cluster_accounts(same) for driver_id in group)
    copy_rows(connection, "copy pg_temp.account_groups_this_step from stdin", members)
    regrouped = execute_file(connection, "pipeline/2_prepare/regroup_accounts.sql")["regrouped"]
    return {"rows": regrouped, "accounts": accounts, "pairs": len(pairs)}


def cluster_accounts(pairs: Iterable[AccountPair]) -> list[list[str]]:
    """Clusters of two and more accounts that one person holds, each sorted.

    Each pair is one person's. A cluster that would hold different licences is split again by licence alone: relatives
    share phones, never licences.
    """
    edges: list[tuple[str, str]] = []
    by_license: list[tuple[str, str]] = []
    licenses: dict[str, str] = {}
    for pair in pairs:
        carried = {pair.driver_a: pair.license_a, pair.driver_b: pair.license_b}
        licenses |= {driver_id: license_norm for driver_id, license_norm in carried.items() if license_norm}
        edges.append((pair.driver_a, pair.driver_b))
        if pair.shares_license:
            by_license.append((pair.driver_a, pair.driver_b))
    groups: list[list[str]] = []
    for group in connected_components(edges):
        if len({licenses[driver_id] for driver_id in group if driver_id in licenses}) <= 1:
            groups.append(group)
        else:
            members = set(group)
            groups.extend(connected_components(edge for edge in by_license if edge[0] in members))
    return groups
