"""One decision per case: a request that is sent again decides nothing, and a case that changed meanwhile is refused."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from control_tower.database import fetch_rows
from control_tower.decisions.transaction import Decision, DecisionTransaction
from control_tower.errors import CaseChanged

SCOUT_FILES = ("decisions/newest_scout_decision.sql", "decisions/conflict_version.sql")
RECORD_FILES = ("decisions/newest_record_decision.sql", "decisions/record_version.sql")
PAYMENT_FILES = ("decisions/newest_payment_decision.sql", "decisions/payment_version.sql")
"""Of a person's scout, a record and a payment: the newest decision, and the version of the case that waits."""


def repeated_decision(
    tx: DecisionTransaction,
    files: tuple[str, str],
    asked: Mapping[str, Any],
    *,
    undo_decision: int | None,
    is_same: Callable[[Mapping[str, Any]], bool],
    case_version: str | None,
) -> Decision | None:
    """The newest decision on the case if this one says the same, by the same person for the same reason.

    It must still stand as it was written: if a run has changed the case since, deciding the same again is a decision.

    Args:
        tx: The open decision; no other one can be taken before it ends.
        files: `SCOUT_FILES`, `RECORD_FILES` or `PAYMENT_FILES`.
        asked: The person, record or payment.
        undo_decision: The decision to take back, if that is what is decided.
        is_same: Whether a state after a decision is what is decided.
        case_version: Version of the case that the author saw; None: they name none.

    Raises:
        CaseChanged: it is another decision, and the case is not what its author saw.
    """
    newest_file, version_file = files
    newest = tx.one(newest_file, asked)
    is_unchanged = newest.pop("is_unchanged")
    if (newest["kind"], newest["decided_by"], newest["reason"]) == (tx.kind, tx.author.name, tx.reason):
        undone = newest["after"].get("undid_decision")
        is_standing = undone == undo_decision if undo_decision or undone else is_unchanged and is_same(newest["after"])
    else:
        is_standing = False
    if is_standing:
        tx.note(f"Decision {newest['id']} says the same already; nothing more was written.")
        return Decision(**newest, notes=tuple(tx.notes))
    if case_version is not None:
        found = fetch_rows(tx.connection, version_file, asked)
        version = found[0]["case_version"] if found else None
        if version != case_version:
            raise CaseChanged(
                " ".join(str(value) for value in asked.values()),
                is_open=version is not None,
                decision_id=newest["id"],
                decided_by=newest["decided_by"],
                decided_at=newest["decided_at"],
            )
    return None
