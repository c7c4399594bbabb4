"""Undo of a merge: two persons that a machine took for one are two again, and no machine merges them any more."""

from __future__ import annotations

import logging
from dataclasses import asdict, dataclass
from typing import Any

from control_tower.database import execute_file, fetch_rows
from control_tower.decisions.transaction import Author, DecisionTransaction, decision_transaction, person_key_of
from control_tower.errors import ChoiceUnclear, DecidedSince, NothingToSplit, NotMerged, UnknownPerson

log = logging.getLogger(__name__)

SPLIT_SCOPE = "decisions/split_scope.sql"
SPLIT_FILES = ("decisions/split_persons.sql", "decisions/split_links.sql", "decisions/split_ledger.sql")
"""Executed in this order: persons first, because links and ledger refer to them."""


@dataclass(frozen=True)
class Split:
    """Result of a split or of its dry run.

    `person_key` is the person that returns, `survivor_key` the one that it had been merged into. `rows` tell what
    happens to each link and ledger row: returns, restored, decided again, left alone.
    """

    person_key: str
    survivor_key: str
    dry_run: bool
    returned: int
    decided_again: int
    left_alone: int
    rows: tuple[dict[str, Any], ...]
    notes: tuple[str, ...] = ()

    def summary(self) -> dict[str, Any]:
        """The split as plain values."""
        return {**asdict(self), "rows": list(self.rows), "notes": list(self.notes)}


def split_merged_person(person_key: str, reason: str, *, author: Author, dry_run: bool = True) -> Split:
    """Undo a merge: both persons are what they were, and what was linked to the survivor since is decided again.

    The next identity_ingestion decides those records; the driver accounts whose keys caused the merge are a review
    case. A dry run does the same, then rolls back and shows the rows.

    Args:
        person_key: Key of the retired person, or of the survivor if exactly one person was merged into it.
        reason: Reason, not empty.
        author: Who decides.
        dry_run: Roll everything back.

    Raises:
        ReasonMissing: the reason is blank.
        UnknownPerson: there is no such person.
        NotMerged: the person was not merged, or was split already.
        ChoiceUnclear: several persons were merged into this one, or `dry_run` is no boolean.
        DecidedSince: a human has decided the scout of the survivor since the merge.
        NothingToSplit: no record of the retired person is with the survivor any more.
        RunAlreadyActive: a run is active; retry when it has ended.
    """
    with decision_transaction("split_merged_person", reason, author, is_dry_run=dry_run) as tx:
        earlier = tx.earlier_decision()
        if earlier is not None:
            return Split(**earlier.after["split"], dry_run=False, rows=(), notes=earlier.notes)
        retired = _retired_person(tx, person_key)
        parameters = {
            "person_key": retired,
            "decided_at": tx.decided_at,
            "notes": f"decided by {author.name}: {tx.reason}",
        }
        execute_file(tx.connection, SPLIT_SCOPE, parameters)
        survivor = _check(tx, retired)
        for file in SPLIT_FILES:
            execute_file(tx.connection, file, parameters)
        return _report(tx, retired, survivor)


def _retired_person(tx: DecisionTransaction, person_key: str) -> str:
    """The key of the person that returns."""
    key = person_key_of(person_key)
    found = tx.one("decisions/merged_person.sql", {"person_key": key})
    if found["survivor_key"] is not None:
        return key
    merged = found["merged_keys"]
    if len(merged) == 1:
        return str(merged[0])
    if merged:
        raise ChoiceUnclear(
            f"Several persons were merged into {key}: {', '.join(merged)}.", "name the one that is to return."
        )
    if found["is_person"]:
        raise NotMerged(
            f"Nobody was merged into person {key}, or the merge is undone already.",
            "copy the key from ops.v_merged_persons or from the person's page.",
        )
    raise UnknownPerson(f"There is no person {key}.", "copy the key from ops.v_merged_persons.")


def _check(tx: DecisionTransaction, retired: str) -> str:
    """Refuse what cannot be undone; the key of the survivor."""
    found = tx.one("decisions/split_obstacles.sql", {})
    survivor = str(found["survivor_key"])
    if found["scout_decision"] is not None:
        raise DecidedSince(
            f"Decision {found['scout_decision']} on the scout of person {survivor} was taken for both persons.",
            f"undo decision {found['scout_decision']} on the person's page, split the persons, then decide for each.",
        )
    if not found["returning_count"]:
        raise NothingToSplit(
            f"No record of person {retired} is with person {survivor} any more: they were removed, or a human decided "
            "on them.",
            "decide on single records with resolve_unmatched_lead.",
        )
    return survivor


def _report(tx: DecisionTransaction, retired: str, survivor: str) -> Split:
    rows = fetch_rows(tx.connection, "decisions/split_report.sql")
    links = [row["outcome"] for row in rows if row["what"] == "link"]
    counts = {
        "returned": links.count("returns"),
        "decided_again": links.count("decided again"),
        "left_alone": links.count("left alone"),
    }
    split: dict[str, Any] = {"person_key": retired, "survivor_key": survivor, **counts}
    ledgers = {row["from_person"]: row for row in rows if row["what"] == "ledger"}
    for person in (retired, survivor):
        ledger = ledgers.get(person, {})
        tx.record(
            person_key=person,
            before={"ledger": ledger.get("before"), "merged_into": survivor},
            after={"ledger": ledger.get("after"), "split": split},
        )
    log.info("%s", "Dry run: this is what the split would do." if tx.is_dry_run else "Split.")
    for row in rows:
        name = f"{row['source_table']} {row['source_pk']}" if row["source_pk"] else f"person {row['from_person']}"
        log.info("%-14s %-6s %s -> %s: %s -> %s", row["outcome"], row["what"], name, row["to_person"] or "open",
                 row["before"], row["after"])  # fmt: skip
    return Split(**split, dry_run=tx.is_dry_run, rows=tuple(rows), notes=tuple(tx.notes))
