"""The scout of a person, when several claim it; the decision holds until a scout appears that it did not know."""

from __future__ import annotations

from typing import Any

from psycopg.types.json import Jsonb

from control_tower.database import execute_file
from control_tower.decisions.precedence import SCOUT_FILES, repeated_decision
from control_tower.decisions.transaction import Author, Decision, decision_transaction, is_number, require_booleans
from control_tower.decisions.undo import undo_scout_decision
from control_tower.errors import ChoiceUnclear, UnknownScout


def resolve_scout_conflict(
    person_key: str,
    scout_id: int | None = None,
    reason: str = "",
    *,
    author: Author,
    nobody: bool = False,
    undo_decision: int | None = None,
    case_version: str | None = None,
    dry_run: bool = False,
) -> Decision:
    """Decide which scout brought a person; exactly one of `scout_id`, `nobody` and `undo_decision` is given.

    The key of a merged person means its survivor. A dry run rolls everything back.

    Args:
        person_key: The person.
        scout_id: This scout brought them; a whole number from 1.
        reason: Reason, not empty.
        author: Who decides.
        nobody: No scout brought them, and none is paid.
        undo_decision: Number of the newest decision on the person's scout: the ledger row becomes what it was before.
        case_version: Version of the conflict that the author saw (ops.v_review_cases); None: whatever it is.
        dry_run: Roll everything back.

    Returns:
        The decision; `before` and `after` hold the row of `ledger`. Deciding what the newest decision says already
        returns that one.

    Raises:
        ReasonMissing: the reason is blank.
        ChoiceUnclear: none, or more than one, of the three was given, or a flag is neither true nor false.
        UnknownPerson: there is no such person.
        UnknownScout: neither the person's events nor the list of scouts knows this scout, or it is no number.
        UnknownDecision: there is no such decision on this person's scout.
        DecidedSince: the decision to undo is not the newest one.
        CaseChanged: the conflict is not the one that the author saw.
        RunAlreadyActive: a run is active; retry when it has ended.
    """
    require_booleans(nobody=nobody)
    if (scout_id is not None) + nobody + (undo_decision is not None) != 1:
        raise ChoiceUnclear(
            "A person was brought either by a scout, or by nobody.",
            "give exactly one: scout_id, or nobody as true, or undo_decision.",
        )
    if scout_id is not None and not is_number(scout_id):
        raise _unknown(scout_id, [])
    with decision_transaction("resolve_scout_conflict", reason, author, is_dry_run=dry_run) as tx:
        earlier = tx.earlier_decision()
        if earlier is not None:
            return earlier
        person = tx.existing_person(person_key)
        repeated = repeated_decision(
            tx,
            SCOUT_FILES,
            {"person_key": person},
            undo_decision=undo_decision,
            is_same=lambda after: (after["ledger"] or {}).get("attributed_scout_id") == scout_id,
            case_version=case_version,
        )
        if repeated is not None:
            return repeated
        if undo_decision is not None:
            return undo_scout_decision(tx, person, undo_decision)
        asked = {"person_key": person, "scout_id": scout_id}
        claims = tx.one("decisions/claims_of_person.sql", asked)
        if not claims["is_known"]:
            raise _unknown(scout_id, claims["seen_scouts"])
        evidence: dict[str, Any] = {
            "rule": "MANUAL",
            "chosen_scout": scout_id,
            "seen_scouts": sorted({*claims["seen_scouts"], *([] if scout_id is None else [scout_id])}),
            "before": _attribution(claims["ledger"]),
            **tx.signature,
        }
        execute_file(
            tx.connection,
            "decisions/decide_scout.sql",
            {
                **asked,
                "evidence": Jsonb(evidence),
                "decided_at": tx.decided_at,
                "notes": f"decided by {author.name}: {tx.reason}",
            },
        )
        return tx.record(
            person_key=person,
            before={"ledger": claims["ledger"]},
            after={"ledger": tx.one("decisions/claims_of_person.sql", asked)["ledger"]},
        )


def _unknown(scout_id: object, claimed: list[int]) -> UnknownScout:
    claiming = f" Scouts that claim this person: {', '.join(map(str, claimed))}." if claimed else ""
    return UnknownScout(
        f"Nobody knows a scout {scout_id!r}: neither the person's events nor the list of scouts.{claiming}",
        "give a number of the list of scouts, or let the scout be entered there; that nobody brought this person is "
        "said with nobody.",
    )


def _attribution(ledger: dict[str, Any] | None) -> dict[str, Any] | None:
    """The attribution columns of a ledger row."""
    if ledger is None:
        return None
    return {name: ledger[name] for name in ("attributed_scout_id", "attribution_rule", "decision_status")}
