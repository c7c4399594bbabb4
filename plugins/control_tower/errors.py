"""Every error that Control Tower raises on purpose.

Each message states the problem and ends with the next action.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import ClassVar, NamedTuple


class ControlTowerError(Exception):
    """Base of all errors of this package.

    The problem is one or more sentences without secrets, the next action what the reader should do now, in the
    imperative.
    """

    is_retryable: ClassVar[bool] = False
    """True when the same call may succeed later without any intervention."""

    def __init__(self, problem: str, next_action: str) -> None:
        super().__init__(problem, next_action)
        self.problem = problem
        self.next_action = next_action

    def __str__(self) -> str:
        return f"{self.problem.rstrip()}\nNext: {self.next_action}"


class SettingsInvalid(ControlTowerError):
    """A `CONTROL_TOWER_*` environment variable has a value that cannot be used."""


class DatabaseError(ControlTowerError):
    """The warehouse database failed or refused a statement."""


class ConnectionNotConfigured(DatabaseError):
    """Airflow knows no connection `control_tower`, or it is not a PostgreSQL connection."""


class DatabaseUnreachable(DatabaseError):
    """No session could be opened, or an open one was lost."""

    is_retryable = True


class ServerReadOnly(DatabaseUnreachable):
    """The server is a replica, or its sessions may only read."""


class ServerUnsuitable(ConnectionNotConfigured):
    """The connection leads to a pool or a database on which the package cannot work."""


class DatabaseExhausted(DatabaseError):
    """The server has no room left: on its disk, for temporary files, or in memory. Nothing was half-written."""


class PermissionMissing(DatabaseError):
    """The database user lacks a privilege."""


class ObjectMissing(DatabaseError):
    """A schema, table, view, column, function or type that a statement names does not exist."""


class DatabaseBusy(DatabaseError):
    """A lock or statement timeout, a deadlock or a serialization failure."""

    is_retryable = True


class QueryFailed(DatabaseError):
    """PostgreSQL refused a statement for a reason without a class of its own here."""


class RunAlreadyActive(ControlTowerError):
    """Another run of the same job is active."""

    is_retryable = True

    def __init__(self, run_id: int, job_type: str, silent_seconds: float, started_at: datetime) -> None:
        super().__init__(
            f"Run {run_id} of {job_type} is at work (last sign of life {silent_seconds:.0f} s ago); runs take turns.",
            "wait until it ends; it is in ops.ingestion_runs. This run may be started again then.",
        )
        self.run_id = run_id
        self.started_at = started_at
        self.args = (run_id, job_type, silent_seconds, started_at)


class RunIncomplete(ControlTowerError):
    """A run ended without all of its steps."""

    def __init__(self, run_id: int | None, missing: Sequence[str]) -> None:
        super().__init__(
            f"Run {run_id or '(none)'} FAILED: these steps did not finish: {', '.join(missing)}.",
            "read the log of the first failed task, remove the cause, and start a new run; it continues "
            "where this one stopped.",
        )
        self.args = (run_id, tuple(missing))


class ChecksFailed(ControlTowerError):
    """Invariants are broken or could not be checked."""

    def __init__(self, names: Sequence[str]) -> None:
        super().__init__(
            f"Checks that are not healthy: {', '.join(names)}.",
            "read the offenders in this log or in ops.check_results, correct what broke them, and run it again.",
        )
        self.args = (tuple(names),)


class RefreshFailed(ControlTowerError):
    """Materialised views built on our tables could not be refreshed; one `view: reason` each."""

    def __init__(self, failures: Sequence[str]) -> None:
        super().__init__(
            "Materialised views that are not fresh: " + "; ".join(failures) + ".",
            "correct what the reasons name (often a right: a view is refreshed by its owner), and run it again.",
        )
        self.args = (tuple(failures),)


class DecisionRefused(ControlTowerError):
    """A human decision cannot be carried out. Nothing was written."""


class ReasonMissing(DecisionRefused):
    """The decision has no reason."""

    def __init__(self) -> None:
        super().__init__(
            "The decision gives no reason.",
            "decide again and say why, in words that whoever is paid, or not paid, will understand.",
        )
        self.args = ()


class ChoiceUnclear(DecisionRefused):
    """None, or more than one, of several choices was made."""


class UnknownPerson(DecisionRefused):
    """There is no person with this key, and none was merged from it."""


class UnknownScout(DecisionRefused):
    """Neither the person's events nor the list of scouts knows this scout."""


class UnknownRecord(DecisionRefused):
    """No ingested record of this source has this key."""


class UnknownDriver(DecisionRefused):
    """No ingested driver account has this id."""


class UnknownPayment(DecisionRefused):
    """No payment with this key belongs to no claim."""


class UnknownRun(DecisionRefused):
    """There is no run with this number."""


class SeveralPersons(DecisionRefused):
    """The accounts of one driver belong to several persons; the decision must name one."""


class LinkNotContested(DecisionRefused):
    """The record has an uncontested link made by a rule."""


class RunNotRevertible(DecisionRefused):
    """The run is of a job without backfills, or it has not ended."""


class PeriodInvalid(DecisionRefused):
    """The period ends before it begins, has not begun, or has a day that cannot be meant."""


class PeriodAlreadyClosed(DecisionRefused):
    """A day of the period is in a closed liquidation period."""


class PeriodOutOfOrder(DecisionRefused):
    """The period is before the last closed liquidation period."""


class DueNotCurrent(DecisionRefused):
    """What scouts are due is not known as of now: a run of scout_attribution_refresh must come first."""


class UnknownStatement(DecisionRefused):
    """There is no statement with this number."""


class StatementAlreadyPaid(DecisionRefused):
    """The payment of the statement was noted before."""


class PaymentInvalid(DecisionRefused):
    """The payment of a statement has no reference, or was on a day that cannot be."""


class NotMerged(DecisionRefused):
    """The person was not merged into another, and nobody was merged into it."""


class NothingToSplit(DecisionRefused):
    """No record of the retired person is with its survivor any more."""


class WeightsWaiting(DecisionRefused):
    """A version of the weights waits for the next run of identity_ingestion."""


class NothingToEstimate(DecisionRefused):
    """No records or no drivers were ingested, or the shipped weights are in force already."""


class DecidedSince(DecisionRefused):
    """A human has decided since, and that decision must be undone first."""


class CaseChanged(DecisionRefused):
    """The version of the case in the request is not its current version.

    `decided_by` and `decided_at` are of the newest human decision on it, None if there is none; `is_open` says whether
    it still waits for one.
    """

    def __init__(
        self,
        subject: str,
        *,
        is_open: bool,
        decision_id: int | None,
        decided_by: str | None,
        decided_at: datetime | None,
    ) -> None:
        newest = f" Decision {decision_id} on it was taken by {decided_by} at {decided_at}." if decision_id else ""
        super().__init__(
            f"{subject} has changed since it was shown.{newest}", "look at it again, and decide then if you still must."
        )
        self.is_open = is_open
        self.decision_id = decision_id
        self.decided_by = decided_by
        self.decided_at = decided_at


class UnknownCase(DecisionRefused):
    """No such case waits for a human."""


class PostponementInvalid(DecisionRefused):
    """A case cannot be put off until that day."""


class UnknownDecision(DecisionRefused):
    """There is no decision with this number, or it is about something else."""


class UnknownAlert(ControlTowerError):
    """There is no open alert with this number, no check or cause with this name, or no active mute."""


class MuteInvalid(ControlTowerError):
    """An acknowledgement or mute lacks reason or owner, or the mute has no acceptable end."""


class DeliveryFailed(ControlTowerError):
    """A message was not confirmed as delivered. It stays queued and is retried."""

    is_retryable = True


class RecipientsRefused(DeliveryFailed):
    """The server refused some recipients, each with a response; the message stays queued for these."""

    def __init__(self, refusals: Mapping[str, str]) -> None:
        super().__init__(
            f"Not taken for {'; '.join(f'{address}: {said}' for address, said in sorted(refusals.items()))}.",
            "it is sent again to these alone; correct or remove an address that does not exist.",
        )
        self.recipients = tuple(sorted(refusals))
        self.args = (dict(refusals),)


class MigrationError(ControlTowerError):
    """The schema could not be migrated. Earlier migrations stay applied."""


MISSING = "missing"
"""What `canon.source_problems()` finds where a required column is not there."""


class SourceObstacle(NamedTuple):
    """What keeps a source table from being read.

    The name is `schema.table`, or `schema.table.column`; `found` is the type, or words; the types understood are given
    where a column has another.
    """

    name: str
    found: str
    understood: str | None = None

    def __str__(self) -> str:
        if self.understood is None:
            return f"{self.name} ({self.found})"
        return f"{self.name} is of type {self.found} (understood: {self.understood})"


class SourceUnreadable(MigrationError):
    """Source tables cannot be read: the table or a column is missing, or of a type that is not understood."""

    def __init__(self, obstacles: Sequence[SourceObstacle], where: str, next_action: str | None = None) -> None:
        super().__init__(
            f"Source tables of {where} cannot be read: {'; '.join(map(str, obstacles))}. Nothing was changed.",
            next_action
            or "let the load that fills the tables write these columns in one of the types that are understood; then "
            "run migrate_schema again.",
        )
        self.obstacles = tuple(obstacles)
        self.args = (self.obstacles, where, self.next_action)  # pickle calls the constructor with these


class SourceColumnMissing(SourceUnreadable):
    """Source tables lack columns that the pipeline reads: all of them, as `schema.table.column`."""

    def __init__(self, columns: Sequence[str], where: str) -> None:
        super().__init__(
            [SourceObstacle(column, MISSING) for column in columns],
            where,
            "add the columns to the source tables (they may be empty), or correct the load that "
            "re-created the tables without them; then run migrate_schema again.",
        )
        self.columns = tuple(columns)
        self.args = (self.columns, where)


def unreadable_sources(obstacles: Sequence[SourceObstacle], where: str) -> SourceUnreadable:
    """The error of migrate_schema that says what keeps source tables from being read."""
    if all(obstacle.found == MISSING for obstacle in obstacles):
        return SourceColumnMissing([obstacle.name for obstacle in obstacles], where)
    return SourceUnreadable(obstacles, where)


class SchemaNewerThanPackage(MigrationError):
    """The database has a schema version that this package does not know."""


class MigrationFailed(MigrationError):
    """PostgreSQL refused a migration or a repeatable object; its transaction was rolled back."""
