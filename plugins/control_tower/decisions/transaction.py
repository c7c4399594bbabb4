"""Where a human decision is taken: one transaction with its author, its clock, and no run beside it."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

import psycopg
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from control_tower import runs
from control_tower.database import explain, fetch_one, read_sql
from control_tower.errors import DecisionRefused, ReasonMissing, UnknownPerson
from control_tower.operators import step_session
from control_tower.payments.read_models import refresh_person

log = logging.getLogger(__name__)

Kind = Literal["resolve_scout_conflict", "resolve_unmatched_lead", "revert_backfill"]

LARGEST_INTEGER = 2**31 - 1
"""No scout and no run has a greater number."""

TRIAL_LOCK_TIMEOUT = "2s"
"""How long a trial waits for a lock: somebody waits for its answer."""


@dataclass(frozen=True)
class Author:
    """Who decides.

    Attributes:
        name: The person, as Airflow or the operating system knows them.
        dag_run_id: The DAG run that carries the decision; repeating it does not decide twice.
    """

    name: str
    dag_run_id: str | None = None


@dataclass(frozen=True)
class Decision:
    """One row of `ops.human_decisions`.

    Attributes:
        id: Its number.
        kind: Which of the three decisions it is.
        person_key: The person concerned, None when nobody is (a record that was set aside).
        source_table: Source of the record concerned, None for a person's ledger entry.
        source_pk: Key of that record.
        before: What stood there before, by table.
        after: What stands there now, by table.
        reason: Why.
        decided_by: Who.
        decided_at: When.
        notes: What the reader should know beyond that, one sentence each.
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
    """An open decision.

    Attributes:
        connection: Its session, in a transaction.
        kind: Which decision.
        reason: Why, without blanks around it.
        author: Who.
        decided_at: When; the clock of everything that is written.
        is_trial: Everything is rolled back in the end.
        notes: What the reader should know, one sentence each.
    """

    connection: psycopg.Connection[Any]
    kind: Kind
    reason: str
    author: Author
    decided_at: datetime
    is_trial: bool = False
    notes: list[str] = field(default_factory=list)

    @property
    def signature(self) -> dict[str, Any]:
        """Who, when and why, for evidence."""
        return {
            "decided_by": self.author.name,
            "decided_at": self.decided_at.isoformat(),
            "reason": self.reason,
        }

    def note(self, sentence: str) -> None:
        """Say something to the reader, now in the log and later with the decision."""
        log.warning("%s", sentence)
        self.notes.append(sentence)

    def one(self, file: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
        """The one row of a query below `sql/`, by column name."""
        with self.connection.cursor(row_factory=dict_row) as cursor:
            row = cursor.execute(read_sql(file), parameters).fetchone()
        if row is None:
            raise LookupError(f"{file} always returns a row and returned none")
        return row

    def existing_person(self, person_key: str) -> str:
        """The key under which this person stands today: a merged person's key leads to the survivor.

        Raises:
            UnknownPerson: it is no key, or nobody's.
        """
        try:
            key = str(uuid.UUID(str(person_key).strip()))
        except ValueError:
            raise UnknownPerson(
                f"{person_key!r} is no person key.",
                "copy the key from the person's page or from ops.v_scout_attribution_conflicts.",
            ) from None
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
        """Write the decision down, show it in the lists that are kept, and return it."""
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
        if person_key is not None and not self.is_trial:  # it refuses nothing, and totals take long
            refresh_person(self.connection, person_key)
        return Decision(**row, notes=tuple(self.notes))

    def earlier(self) -> Decision | None:
        """What the same DAG run has already decided, when its task is repeated."""
        parameters = {"kind": self.kind, "dag_run_id": self.author.dag_run_id, "reason": self.reason}
        row = self.one("decisions/earlier_decision.sql", parameters)
        if row["id"] is None:
            return None
        self.note("This DAG run has already decided; nothing more was written.")
        return Decision(**row, notes=tuple(self.notes))


@contextmanager
def decision_transaction(
    kind: Kind, reason: str, author: Author, *, is_trial: bool = False
) -> Iterator[DecisionTransaction]:
    """Open a decision: one transaction, beside which no run is at work.

    Args:
        kind: Which decision.
        reason: Why.
        author: Who.
        is_trial: Roll everything back in the end.

    Raises:
        ReasonMissing: the reason is empty or blank.
        DecisionRefused: it is nobody's decision.
        RunAlreadyActive: a run is at work; decide again when it is over.
        DatabaseError: the warehouse did not do what was asked.
    """
    reason = (reason or "").replace("\x00", "").strip()
    if not reason:
        raise ReasonMissing
    if not author.name.strip():
        raise DecisionRefused("Nobody takes this decision.", "say who decides.")
    with step_session() as connection:
        try:
            with connection.transaction(force_rollback=is_trial):
                if is_trial:
                    connection.execute("select set_config('lock_timeout', %s, true)", [TRIAL_LOCK_TIMEOUT])
                runs.block_new_runs(connection)
                decided_at = fetch_one(connection, "select clock_timestamp()")[0]
                yield DecisionTransaction(connection, kind, reason, author, decided_at, is_trial)
        except psycopg.Error as error:
            raise explain(error, connection) from error
