"""Estimate the weights of evidence, show what they change, and write them as a version that the next run takes up."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from psycopg.types.json import Jsonb

from control_tower.database import fetch_rows
from control_tower.decisions.transaction import (
    Author,
    Decision,
    DecisionTransaction,
    decision_transaction,
    require_booleans,
)
from control_tower.errors import NothingToEstimate, WeightsWaiting
from control_tower.masking import masked
from control_tower.weights.human_evidence import Decided, disagreements
from control_tower.weights.levels import COUNTED, Key, Weights, as_json, largest_change, maximise, weights_of
from control_tower.weights.trial import MOST_RECORDS, Trial

log = logging.getLogger(__name__)

MOST_ITERATIONS: Final = 12
CONVERGED_BITS: Final = 0.01
"""The iteration ends when no share changes by more."""

NAMES: Final = ("record_name", "name_before", "name_after")
"""Columns of examples that identify a person."""


@dataclass(frozen=True)
class Estimate:
    """A version of the weights, or in a dry run what it would be.

    `levels` has one entry per level: comparison, level, m, u and household as estimated, and its weight in bits before
    and after, and by human decisions (None where there are none) with their number. `links` counts the records of the
    sample by what the new weights change: kind (gained, lost, changed, contested), then rule. `totals` are records,
    links and contested records of the sample before and after. `examples` are the first records of each kind; names are
    masked.
    """

    version: int | None
    """Number of the version that was written; None in a dry run."""
    dry_run: bool
    restore_shipped: bool
    iterations: int
    levels: tuple[dict[str, Any], ...]
    links: dict[str, dict[str, int]]
    totals: dict[str, int]
    examples: tuple[dict[str, Any], ...]
    notes: tuple[str, ...]

    def summary(self) -> dict[str, Any]:
        """The estimate as plain values."""
        return {
            **vars(self),
            "levels": list(self.levels),
            "examples": list(self.examples),
            "notes": list(self.notes),
        }


def estimate_weights(
    reason: str,
    *,
    author: Author,
    dry_run: bool = True,
    restore_shipped: bool = False,
    most_records: int = MOST_RECORDS,
) -> Estimate:
    """Estimate the weights from the records and drivers of this installation, and write them as a new version.

    The version waits for the next run of identity_ingestion, which counts frequencies anew and evaluates every record
    with it. All work is done in the working tables of a run and rolled back; only the version and the decision remain,
    and of a dry run nothing. A repeated task of one DAG run does not write twice.

    Args:
        reason: Reason, not empty.
        author: Who decides.
        dry_run: Write nothing.
        restore_shipped: Estimate nothing, and return to the shipped weights.
        most_records: Records of the sample; a smaller fleet is read completely.

    Raises:
        ReasonMissing: the reason is blank.
        ChoiceUnclear: `dry_run` or `restore_shipped` is neither true nor false.
        WeightsWaiting: a version waits already.
        NothingToEstimate: nothing was ingested, or the shipped weights are in force and are to be restored.
        RunAlreadyActive: a run is active; retry when it has ended.
        DatabaseError: the database failed or refused a statement.
    """
    require_booleans(restore_shipped=restore_shipped)
    with decision_transaction("estimate_weights", reason, author, is_dry_run=dry_run) as tx:
        earlier = tx.earlier_decision()
        if earlier is not None:
            return _read_estimate(tx, earlier)
        state = _check(tx, restore_shipped)
        rows = fetch_rows(tx.connection, "weights/levels.sql")
        shipped, before = weights_of(rows, "shipped_"), weights_of(rows)
        with tx.connection.transaction(force_rollback=True):
            trial = Trial(tx.connection, most_records)
            trial.decide("before")
            restored = {**shipped, COUNTED: before[COUNTED]}
            after, iterations = (restored, 0) if restore_shipped else _iterate(trial, before, shipped)
            trial.set_weights(after, shipped)
            trial.decide("after")
            changes = trial.changes()
            human = trial.human_evidence()
        for sentence in disagreements(after, human):
            tx.note(sentence)
        estimate = _report(tx, before, after, human, changes)
        estimate = replace(estimate, restore_shipped=restore_shipped, iterations=iterations)
        if not dry_run:
            estimate = _write(tx, state, after, shipped, estimate)
        return _logged(estimate)


def check_estimate(reason: str, *, author: Author, dry_run: bool = True, restore_shipped: bool = False) -> None:
    """Refuse what `estimate_weights` would refuse, without its work; nothing is written whatever `dry_run` says.

    Raises:
        as `estimate_weights`.
    """
    require_booleans(dry_run=dry_run, restore_shipped=restore_shipped)
    with decision_transaction("estimate_weights", reason, author, is_dry_run=True) as tx:
        _check(tx, restore_shipped)


def _check(tx: DecisionTransaction, restore_shipped: bool) -> dict[str, Any]:
    """The version in force; refuses what cannot be estimated."""
    state = tx.one("weights/state.sql", {})
    if state["waiting_version"] is not None:
        raise WeightsWaiting(
            f"Version {state['waiting_version']} of the weights, written by {state['waiting_author']} on "
            f"{state['waiting_since']:%Y-%m-%d %H:%M} UTC, waits for the next run.",
            "let identity_ingestion run, see what it changed, and estimate again.",
        )
    if not state["is_ingested"]:
        raise NothingToEstimate(
            "No records, or no drivers, were ingested.", "let identity_ingestion run, and estimate when it has ended."
        )
    if restore_shipped and not state["weights"]:
        raise NothingToEstimate("The shipped weights are in force.", "nothing needs to be restored.")
    return state


def _iterate(trial: Trial, before: Weights, shipped: Weights) -> tuple[Weights, int]:
    """The weights at which expectation and maximisation agree, and the number of iterations."""
    weights = before
    for iteration in range(1, MOST_ITERATIONS + 1):
        found = maximise(weights, shipped, trial.expect())
        change = largest_change(weights, found)
        log.info("Iteration %s: the largest change is %.3f bits.", iteration, change)
        weights = found
        if change <= CONVERGED_BITS:
            break
        trial.set_weights(weights, shipped)
        trial.weigh()
    return weights, iteration


def _report(
    tx: DecisionTransaction,
    before: Weights,
    after: Weights,
    human: Mapping[Key, Decided],
    changes: Mapping[str, Any],
) -> Estimate:
    links: dict[str, dict[str, int]] = {kind: {} for kind in ("gained", "lost", "changed", "contested")}
    for row in changes["counts"]:
        links[row["kind"]][row["match_rule"]] = row["records"]
    return Estimate(
        version=None,
        dry_run=tx.is_dry_run,
        restore_shipped=False,
        iterations=0,
        levels=tuple(
            {
                "comparison": key[0],
                "level": key[1],
                **level._asdict(),
                "bits_before": round(before[key].bits, 2),
                "bits_after": round(level.bits, 2),
                "bits_human": round(human[key].bits(level.bits), 2) if key in human else None,
                "decisions": human[key].decisions if key in human else 0,
            }
            for key, level in after.items()
        ),
        links=links,
        totals=dict(changes["totals"]),
        examples=tuple({**row, **{name: masked(row[name], "name") for name in NAMES}} for row in changes["examples"]),
        notes=tuple(tx.notes),
    )


def _write(
    tx: DecisionTransaction, state: Mapping[str, Any], after: Weights, shipped: Weights, estimate: Estimate
) -> Estimate:
    document = as_json(after, shipped)
    written = {
        "weights": Jsonb(document),
        "decided_at": tx.decided_at,
        "decided_by": tx.author.name,
        "reason": tx.reason,
    }
    version = int(tx.one("weights/write_version.sql", written)["version"])
    estimate = replace(estimate, version=version)
    tx.record(
        person_key=None,
        before={"weights": {"version": state["version"], "weights": state["weights"]}},
        after={
            "weights": {"version": version, "weights": document},
            # an append-only table keeps no personal data that is not needed
            "estimate": {**estimate.summary(), "examples": []},
        },
    )
    return estimate


def _read_estimate(tx: DecisionTransaction, earlier: Decision) -> Estimate:
    """What this DAG run has already written, without examples."""
    kept = earlier.after["estimate"]
    return Estimate(
        **{
            **kept,
            "levels": tuple(kept["levels"]),
            "examples": (),
            "notes": (*kept["notes"], *tx.notes),
        }
    )


def _logged(estimate: Estimate) -> Estimate:
    if estimate.dry_run:
        log.info("Dry run: nothing was written.")
    else:
        log.info("Version %s of the weights waits for the next run of identity_ingestion.", estimate.version)
    log.info("%-10s %-20s %8s %8s %8s %10s", "comparison", "level", "before", "after", "human", "decisions")
    for row in estimate.levels:
        human = "" if row["bits_human"] is None else f"{row['bits_human']:+.2f}"
        log.info(
            "%-10s %-20s %+8.2f %+8.2f %8s %10s",
            row["comparison"],
            row["level"],
            row["bits_before"],
            row["bits_after"],
            human,
            f"{row['decisions']:,}",
        )
    totals = estimate.totals
    log.info(
        "%s records: %s links (now %s), %s contested (now %s).",
        f"{totals['records']:,}",
        f"{totals['links_after']:,}",
        f"{totals['links_before']:,}",
        f"{totals['contested_after']:,}",
        f"{totals['contested_before']:,}",
    )
    for kind, rules in estimate.links.items():
        named = ", ".join(f"{count:,} {rule}" for rule, count in rules.items())
        log.info("%s: %s", kind, named or "none")
    for row in estimate.examples:
        log.info(
            "%-9s %s %s %s: %s -> %s",
            row["kind"],
            row["source_table"],
            row["source_pk"],
            row["record_name"] or "without a name",
            _candidate(row, "before"),
            _candidate(row, "after"),
        )
    return estimate


def _candidate(row: Mapping[str, Any], when: str) -> str:
    if row[f"driver_{when}"] is None and row[f"name_{when}"] is None:
        return "nobody"
    probability = row[f"probability_{when}"]
    shown = "" if probability is None else f" {probability:.4f}"
    return f"{row[f'name_{when}'] or 'without a name'} ({row[f'driver_{when}'] or 'no account'}){shown}"
