"""Undo of a human decision: the ledger row or the record becomes what it was before, and machines decide on it again.

Only the newest decision on a person's scout or on a record can be undone. The undo is a decision of the same kind with
an author and a reason of its own, and can be undone as well.
"""

from __future__ import annotations

from typing import Any

from psycopg.types.json import Jsonb

from control_tower.database import execute_file
from control_tower.decisions.transaction import Decision, DecisionTransaction, is_number
from control_tower.errors import DecidedSince, UnknownDecision
from control_tower.settings import get_settings


def undo_scout_decision(tx: DecisionTransaction, person_key: str, decision_id: int) -> Decision:
    """Undo the newest decision on a person's scout.

    The next attribution run derives the row again, unless an earlier human decision holds it.

    Raises:
        UnknownDecision: there is no such decision on this person's scout.
        DecidedSince: a later decision stands.
    """
    undone = newest_decision(tx, decision_id)
    if undone["person_key"] != person_key:
        raise _unknown(decision_id, f"the scout of person {person_key}")
    asked = {"person_key": person_key, "scout_id": None}
    before = tx.one("decisions/claims_of_person.sql", asked)["ledger"]
    parameters = {
        "person_key": person_key,
        "restored": Jsonb(undone["before"].get("ledger")),
        "decided_at": tx.decided_at,
        "notes": _notes(tx, decision_id),
    }
    execute_file(tx.connection, "decisions/undo_scout.sql", parameters)
    after = tx.one("decisions/claims_of_person.sql", asked)["ledger"]
    return tx.record(
        person_key=person_key, before={"ledger": before}, after={"ledger": after, "undid_decision": decision_id}
    )


def undo_record_decision(tx: DecisionTransaction, record: dict[str, str], decision_id: int) -> Decision:
    """Undo the newest decision on a record.

    The next ingestion evaluates the record again, unless an earlier human decision holds it.

    Raises:
        UnknownDecision: there is no such decision on this record.
        DecidedSince: a later decision stands, or the record before an overwritten row has moved since.
    """
    undone = newest_decision(tx, decision_id)
    if (undone["source_table"], undone["source_pk"]) != (record["source_table"], record["source_pk"]):
        raise _unknown(decision_id, f"{record['source_table']} {record['source_pk']!r}")
    before = tx.one("decisions/record.sql", record)
    before.pop("is_known")
    parameters = {
        **record,
        "restored": Jsonb(undone["before"]),
        "undone_at": undone["decided_at"],
        "decided_at": tx.decided_at,
        "notes": _notes(tx, decision_id),
        "timezone": get_settings().timezone,
    }
    if undone["before"].get("replaced"):
        _hold_replaced_record(tx, record, undone["before"]["replaced"], parameters)
    released = execute_file(tx.connection, "decisions/undo_record.sql", parameters)["released"]
    execute_file(tx.connection, "decisions/undo_record_accounts.sql", parameters)
    if released:  # last: a person without records
        execute_file(tx.connection, "decisions/release_persons.sql", parameters)
    after = tx.one("decisions/record.sql", record)
    after.pop("is_known")
    link = after["link"] or before["link"] or {}
    return tx.record(
        person_key=link.get("person_key"), before=before, after={**after, "undid_decision": decision_id}, **record
    )


def _hold_replaced_record(
    tx: DecisionTransaction, record: dict[str, str], replaced: dict[str, Any], parameters: dict[str, Any]
) -> None:
    """Let what an overwritten row says wait for a human again; the record before returns under its key."""
    kept_as = replaced["kept_as"]
    if kept_as is not None and not tx.one("decisions/record.sql", {**record, "source_pk": kept_as})["is_known"]:
        raise DecidedSince(
            f"What the row said before is no longer kept as {kept_as}: it stands under another key now.",
            "decide on both records instead.",
        )
    execute_file(
        tx.connection,
        "decisions/undo_replaced_record.sql",
        {
            **parameters,
            "kept_as": kept_as,
            "record": Jsonb(replaced["record"]),
            "event": Jsonb(replaced["event"]),
        },
    )


def newest_decision(tx: DecisionTransaction, decision_id: int) -> dict[str, Any]:
    """The decision, which must be of this kind and the newest on its person, record or payment.

    Raises:
        UnknownDecision: there is no such decision of this kind.
        DecidedSince: a later decision stands.
    """
    asked = {"decision_id": decision_id if is_number(decision_id) else None, "kind": tx.kind}
    found = tx.one("decisions/decision_to_undo.sql", asked)
    if found["id"] is None:
        raise UnknownDecision(
            f"There is no decision {decision_id!r} of {tx.kind}.", "copy its number from ops.v_human_decisions."
        )
    if found["later_id"] is not None:
        raise DecidedSince(
            f"Decision {found['later_id']} was taken after decision {decision_id}.",
            f"undo decision {found['later_id']} first, or decide again.",
        )
    return found


def _unknown(decision_id: int, subject: str) -> UnknownDecision:
    return UnknownDecision(
        f"Decision {decision_id} is not about {subject}.", "copy the number from the page of the person or record."
    )


def _notes(tx: DecisionTransaction, decision_id: int) -> str:
    return f"decision {decision_id} undone by {tx.author.name}: {tx.reason}"
