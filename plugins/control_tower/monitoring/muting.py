"""What a mute silences: the states that a check had, in one episode, and nothing that comes later.

A mute that begins before there is a problem takes the first one that its check or cause has. When a check recovers it
leaves the mute, and when nothing is left the mute is over: the same fault a second time speaks again.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg
from psycopg.types.json import Jsonb

from control_tower.database import fetch_rows
from control_tower.monitoring import states
from control_tower.monitoring.check_result import RANK, Result
from control_tower.monitoring.grouping import distinct_fault

ENDED_BY = "pipeline_health"
"""Who ended a mute because what was muted is over."""


@dataclass(frozen=True)
class MuteInForce:
    """A mute of a check or a cause. Without `states` (by name of the check) it waits for the first problem."""

    id: int
    target: str
    episode_id: int | None
    states: Mapping[str, Collection[str]] | None

    def covers(self, cause: str, name: str, found: Collection[str]) -> bool:
        """Whether it silences a check of an episode that has these states; none: it could not be measured."""
        if self.target not in (cause, name):
            return False
        return self.states is None or (name in self.states and set(found) <= set(self.states[name]))


def mutes_in_force(connection: psycopg.Connection[Any], moment: datetime) -> list[MuteInForce]:
    """The mutes that have begun and not ended."""
    return [MuteInForce(**row) for row in fetch_rows(connection, "monitoring/mutes_in_force.sql", {"moment": moment})]


def muted_names(
    mutes: Iterable[MuteInForce], episode_id: int | None, cause: str, found: Mapping[str, Collection[str]]
) -> set[str]:
    """The checks of an episode that are silent; `found` are the worst states of each check."""
    own = [mute for mute in mutes if mute.states is None or mute.episode_id == episode_id]
    return {name for name, worst in found.items() if any(mute.covers(cause, name, worst) for mute in own)}


def covered_states(results: Iterable[Result]) -> dict[str, list[str]]:
    """The states that a mute of these problems silences: those that each has, and lighter degrees of the same fault."""
    return {
        result.check_name: sorted({state for worst in result.worst_states for state in _no_worse(worst)})
        for result in results
        if result.is_problem
    }


def update_mutes(
    connection: psycopg.Connection[Any],
    mutes: Iterable[MuteInForce],
    episode_id: int,
    cause: str,
    problems: Iterable[Result],
    left: Collection[str],
    moment: datetime,
) -> None:
    """Write what the mutes of an episode hold for now; `left` are its checks that are not over."""
    covered = covered_states(problems)
    for mute in mutes:
        if mute.states is None:
            held = {name: found for name, found in covered.items() if mute.target in (cause, name)}
            if held:
                _write(connection, mute.id, episode_id, held)
        elif mute.episode_id == episode_id:
            held = {name: list(found) for name, found in mute.states.items() if name in left}
            if not held:
                connection.execute(
                    "update ops.alert_mutes set ended_at = greatest(%s, muted_at), ended_by = %s where id = %s",
                    [moment, ENDED_BY, mute.id],
                )
            elif held.keys() != mute.states.keys():
                _write(connection, mute.id, episode_id, held)


def _write(
    connection: psycopg.Connection[Any], mute_id: int, episode_id: int, held: Mapping[str, Collection[str]]
) -> None:
    connection.execute(
        "update ops.alert_mutes set episode_id = %s, states = %s where id = %s",
        [episode_id, Jsonb(dict(held)), mute_id],
    )


def _no_worse(state: str) -> set[str]:
    """A state, and all states of its fault that are as bad or less."""
    severity, fault = states.severity_of(state), states.fault_of(state)
    if severity == "UNKNOWN":
        return {state}
    faults = states.SOURCE_LATE if distinct_fault(state) == "LATE" else {fault}
    lighter = [name for name in ("YELLOW", "RED") if RANK[name] <= RANK[severity]]
    return {f"{name}_{one}" for name in lighter for one in faults}
