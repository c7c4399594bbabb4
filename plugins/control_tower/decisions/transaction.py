"""The transaction of a human decision: its author, its clock, and no concurrent run."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

import psycopg
from psycopg.types.json import Jsonb

from control_tower import runs
from control_tower.database import fetch_one, fetch_rows, read_sql
from control_tower.decisions.money import follow
from control_tower.errors import ChoiceUnclear, DecisionRefused, ReasonMissing, UnknownPerson
from control_tower.operators import step_session
from control_tower.review_cases import PAYMENTS, refresh_case, refresh_conflicts

log = logging.getLogger(__name__)

Kind = Literal[
    "resolve_scout_conflict",
    "resolve_unmatched_lead",
    "revert_backfill",
    "split_merged_person",
    "close_liquidation_period",
    "estimate_weights",
    "explain_payment",
]

LARGEST_INTEGER = 2**31 - 1
"""Largest scout_id and run_id."""

DRY_RUN_LOCK_TIMEOUT = "2s"
"""Longest wait of a dry run for a lock: the API calls it before it answers."""


@dataclass(frozen=True)
class Author:
    """Who decides: a user of Airflow or the operating system. Repeating the task of a DAG run does not decide twice."""

    name: str
    dag_run_id: str | None = None


@dataclass(frozen=True)
class Decision:
    """One row of `ops.human_decisions`.

    `before` and `after` hold the state by table. There is no person if a record was set aside or a period closed, and
    no record if a person's ledger row was decided; a payment is a record of `yango_payment_ledger`. `notes` are further
    information for the reader, one sentence each.
    """

    id: int
    kind: Kind
    person_key: str | None
    source_table: str | None
    source_pk: str | None
    before: dict[str, Any]
    after: dict[str, Any]
    reason: str
    decided_by: str
    decided_at: datetime
    notes: tuple[str, ...] = ()

    def summary(self) -> dict[str, Any]:
        """The decision as plain values."""
        return {**vars(self), "decided_at": self.decided_at.isoformat(), "notes": list(self.notes)}


@dataclass
class DecisionTransaction:
    """An open decision; all of its rows have the time `decided_at`, and a dry run is rolled back at the end.

    `persons` are those whose money is derived when it is committed.
    """

    connection: psycopg.Connection[Any]
    kind: Kind
    reason: str
    author: Author
    decided_at: datetime
    is_dry_run: bool = False
    notes: list[str] = field(default_factory=list)
    persons: set[str] = field(default_factory=set)

    @property
    def signature(self) -> dict[str, Any]:
        """Author, time and reason, for evidence."""
        return {
            "decided_by": self.author.name,
            "decided_at": self.decided_at.isoformat(),
            "reason": self.reason,
        }

    def note(self, sentence: str) -> None:
        """Log a sentence and return it with the decision."""
        log.warning("%s", sentence)
        self.notes.append(sentence)

    def one(self, file: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
        """The one row of a query below `sql/`, by column name."""
        rows = fetch_rows(self.connection, file, parameters)
        if not rows:
            raise LookupError(f"{file} always returns a row and returned none")
        return rows[0]

    def existing_person(self, person_key: str) -> str:
        """The current key of a person: for a merged person, that of the survivor.

        Raises:
            UnknownPerson: not a valid key, or no such person.
        """
        key = person_key_of(person_key)
        found = self.one("decisions/person.sql", {"person_key": key})["person_key"]
        if found is None:
            raise UnknownPerson(
                f"There is no person {key}.",
                "copy the key from the person's page or from ops.v_scout_attribution_conflicts.",
            )
        if found != key:
            self.note(f"Person {key} was merged into {found}; the decision is about {found}.")
        return str(found)

    def record(
        self,
        *,
        before: Mapping[str, Any],
        after: Mapping[str, Any],
        person_key: str | None,
        source_table: str | None = None,
        source_pk: str | None = None,
    ) -> Decision:
        """Record the decision, bring its review case up to date, and return the decision."""
        row = self.one(
            "decisions/record_decision.sql",
            {
                "kind": self.kind,
                "person_key": person_key,
                "source_table": source_table,
                "source_pk": source_pk,
                "before": Jsonb(dict(before)),
                "after": Jsonb(dict(after)),
                "reason": self.reason,
                "decided_by": self.author.name,
                "decided_at": self.decided_at,
                "dag_run_id": self.author.dag_run_id,
            },
        )
        self.connection.execute(
            read_sql("decisions/lift_postponement.sql"),
            {"person_key": person_key, "source_table": source_table, "source_pk": source_pk},
        )
        if not self.is_dry_run:  # what follows refuses nothing
            if source_table is not None and source_pk is not None:
                refresh_case(self.connection, source_table, source_pk)
            elif person_key is not None:
                refresh_conflicts(self.connection, [person_key])
            if person_key is not None and source_table != PAYMENTS:
                self.connection.execute(read_sql("decisions/queue_money.sql"), {"person_key": person_key})
                self.persons.add(person_key)
        return Decision(**row, notes=tuple(self.notes))

    def earlier_decision(self) -> Decision | None:
        """The decision that this DAG run has already made, if its task is repeated."""
        parameters = {"kind": self.kind, "dag_run_id": self.author.dag_run_id, "reason": self.reason}
        row = self.one("decisions/earlier_decision.sql", parameters)
        if row["id"] is None:
            return None
        self.note("This DAG run has already decided; nothing more was written.")
        return Decision(**row, notes=tuple(self.notes))


def person_key_of(person_key: str) -> str:
    """The key as PostgreSQL writes it.

    Raises:
        UnknownPerson: it is no valid key.
    """
    try:
        return str(uuid.UUID(str(person_key).strip()))
    except ValueError:
        raise UnknownPerson(
            f"{person_key!r} is no person key.",
            "copy the key from the person's page or from ops.v_scout_attribution_conflicts.",
        ) from None


def is_number(value: object) -> bool:
    """Whether it can be the number of a scout, run or decision: an integer from 1, neither a boolean nor a text."""
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value <= LARGEST_INTEGER


def require_booleans(**choices: object) -> None:
    """Refuse what is neither true nor false, such as a text or a number.

    Raises:
        ChoiceUnclear: one of the choices is no boolean.
    """
    for name, value in choices.items():
        if not isinstance(value, bool):
            raise ChoiceUnclear(
                f"{name} is {value!r}, which is neither true nor false.", f"give true or false as {name}."
            )


@contextmanager
def decision_transaction(
    kind: Kind, reason: str, author: Author, *, is_dry_run: bool = False
) -> Iterator[DecisionTransaction]:
    """Open a decision: one transaction without a concurrent run, rolled back at the end of a dry run.

    The money of the persons follows in a transaction of its own (`control_tower.decisions.money`).

    Raises:
        ReasonMissing: the reason is blank.
        DecisionRefused: the author has no name.
        ChoiceUnclear: `is_dry_run` is no boolean.
        RunAlreadyActive: a run is active; retry when it has ended.
        DatabaseError: the database failed or refused a statement.
    """
    require_booleans(dry_run=is_dry_run)
    reason = (reason or "").replace("\x00", "").strip()
    if not reason:
        raise ReasonMissing
    if not author.name.strip():
        raise DecisionRefused("Nobody takes this decision.", "say who decides.")
    with step_session() as connection, connection.transaction(force_rollback=is_dry_run):
        if is_dry_run:
            connection.execute("select set_config('lock_timeout', %s, true)", [DRY_RUN_LOCK_TIMEOUT])
        runs.block_new_runs(connection)
        decided_at = fetch_one(connection, "select clock_timestamp()")[0]
        tx = DecisionTransaction(connection, kind, reason, author, decided_at, is_dry_run)
        yield tx
    follow(tx.persons)
