"""Revert one attribution run, row by row, where nothing has changed since."""

from __future__ import annotations

import logging
from dataclasses import asdict, dataclass
from typing import Any

from control_tower.database import execute_file, fetch_rows
from control_tower.decisions.transaction import Author, DecisionTransaction, decision_transaction, is_number
from control_tower.errors import RunAlreadyActive, RunNotRevertible, UnknownRun

log = logging.getLogger(__name__)

SAMPLE_SIZE = 20
"""Number of rows of the difference to show."""

REVERT_FILES = (
    "decisions/revert_ledger.sql",
    "decisions/revert_event_scouts.sql",
    "decisions/revert_links.sql",
    "decisions/release_persons.sql",
    "decisions/record_reverts.sql",
)
"""Executed in this order, newest effect of a run first."""


@dataclass(frozen=True)
class Revert:
    """Result of a revert or of its dry run.

    Rows are counted by kind: ledger, event, link. Those left alone were changed since the run; `rows` are the first of
    the difference, with their state before and after.
    """

    run_id: int
    dry_run: bool
    reverted: dict[str, int]
    left_alone: dict[str, int]
    already_reverted: dict[str, int]
    persons_removed: int
    rows: tuple[dict[str, Any], ...]

    def summary(self) -> dict[str, Any]:
        """The revert as plain values."""
        return {**asdict(self), "rows": list(self.rows)}


def revert_backfill(run_id: int, reason: str, *, author: Author, dry_run: bool = True) -> Revert:
    """Revert a run of scout_attribution_refresh, only where the state is still what that run wrote.

    The restored state is held: the ledger keeps it until a scout appears that is unknown today, the event backfill
    skips the event, and no run links the record again. A dry run does the same, then rolls back and shows the
    difference.

    Raises:
        ReasonMissing: the reason is blank.
        ChoiceUnclear: `dry_run` is neither true nor false.
        UnknownRun: there is no such run, or `run_id` is no number.
        RunNotRevertible: the run is of another job, or not over yet.
        RunAlreadyActive: a run is active; retry when it has ended.
    """
    try:
        with decision_transaction("revert_backfill", reason, author, is_dry_run=dry_run) as tx:
            _check(tx, run_id)
            parameters = {
                "reverted_run_id": run_id,
                "reason": tx.reason,
                "decided_by": author.name,
                "decided_at": tx.decided_at,
                "dag_run_id": author.dag_run_id,
                "notes": f"reverted run {run_id}: {tx.reason}",
            }
            for file in REVERT_FILES:
                execute_file(tx.connection, file, parameters)
            return _report(tx, run_id, dry_run)
    except RunAlreadyActive as error:
        if error.run_id != run_id:
            raise
        # Not retryable: what the run will have written is unknown until it ends, and a human must see it first.
        raise RunNotRevertible(
            f"Run {run_id} is not over yet.", "wait until it ends, look at what it did, and decide again."
        ) from error


def _check(tx: DecisionTransaction, run_id: int) -> None:
    run = tx.one("decisions/run.sql", {"run_id": run_id if is_number(run_id) else None})
    if run["id"] is None:
        raise UnknownRun(f"There is no run {run_id!r}.", "copy the number from ops.ingestion_runs.")
    if run["job_type"] != "scout_attribution_refresh":
        raise RunNotRevertible(
            f"Run {run_id} is of {run['job_type']}; only scout_attribution_refresh makes backfills.",
            "choose a run of scout_attribution_refresh; single links are changed with resolve_unmatched_lead.",
        )


def _report(tx: DecisionTransaction, run_id: int, dry_run: bool) -> Revert:
    counts: dict[str, dict[str, int]] = {"reverted": {}, "changed since": {}, "already reverted": {}}
    for row in fetch_rows(tx.connection, "decisions/revert_counts.sql"):
        counts[row["outcome"]][row["what"]] = row["row_count"]
    rows = fetch_rows(tx.connection, "decisions/revert_sample.sql", {"sample_size": SAMPLE_SIZE})
    found = Revert(
        run_id=run_id,
        dry_run=dry_run,
        reverted=counts["reverted"],
        left_alone=counts["changed since"],
        already_reverted=counts["already reverted"],
        persons_removed=tx.one("decisions/removed_persons.sql", {})["persons"],
        rows=tuple(rows),
    )
    log.info("%s", "Dry run: this is what the revert would do." if dry_run else "Reverted.")
    for title, by_kind in counts.items():
        log.info("%-17s %s", title, ", ".join(f"{n:,} {what}" for what, n in sorted(by_kind.items())) or "nothing")
    log.info("%-17s %s", "persons removed", f"{found.persons_removed:,}")
    for row in rows:
        name = f"{row['source_table']} {row['source_pk']}" if row["source_pk"] else f"person {row['person_key']}"
        log.info("%-16s %-6s %s: %s -> %s", row["outcome"], row["what"], name, row["before"], row["after"])
    return found
