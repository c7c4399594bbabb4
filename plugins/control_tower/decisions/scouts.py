"""The scout of a person, when several claim it; the decision holds until a scout appears that it did not know."""

from __future__ import annotations

from typing import Any

from psycopg.types.json import Jsonb

from control_tower.database import execute_file
from control_tower.decisions.transaction import LARGEST_INTEGER, Author, Decision, decision_transaction
from control_tower.errors import UnknownScout


def resolve_scout_conflict(
    person_key: str, scout_id: int | None, reason: str, *, author: Author, dry_run: bool = False
) -> Decision:
    """Decide which scout brought a person; without a `scout_id` none did, and none is paid.

    The key of a merged person means its survivor. A dry run rolls everything back.

    Returns:
        The decision; `before` and `after` hold the row of `ledger`.

    Raises:
        ReasonMissing: the reason is blank.
        UnknownPerson: there is no such person.
        UnknownScout: neither the person's events nor the list of scouts knows this scout.
        RunAlreadyActive: a run is active; retry when it has ended.
    """
    with decision_transaction("resolve_scout_conflict", reason, author, is_dry_run=dry_run) as tx:
        earlier = tx.earlier_decision()
        if earlier is not None:
            return earlier
        person = tx.existing_person(person_key)
        asked = {"person_key": person, "scout_id": _plausible(scout_id)}
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


def _plausible(scout_id: int | None) -> int | None:
    if scout_id is None:
        return None
    if isinstance(scout_id, bool) or not isinstance(scout_id, int) or not 0 <= scout_id <= LARGEST_INTEGER:
        raise _unknown(scout_id, [])
    return scout_id


def _unknown(scout_id: object, claimed: list[int]) -> UnknownScout:
    claiming = f" Scouts that claim this person: {', '.join(map(str, claimed))}." if claimed else ""
    return UnknownScout(
        f"Nobody knows a scout {scout_id!r}: neither the person's events nor the list of scouts.{claiming}",
        "correct the number, or let the scout be entered in the list of scouts; leave it empty to say that "
        "nobody brought this person.",
    )


def _attribution(ledger: dict[str, Any] | None) -> dict[str, Any] | None:
    """The attribution columns of a ledger row."""
    if ledger is None:
        return None
    return {name: ledger[name] for name in ("attributed_scout_id", "attribution_rule", "decision_status")}
