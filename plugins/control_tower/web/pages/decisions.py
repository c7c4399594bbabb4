"""Human decisions as pages show them: who decided what, why and when, and the form that takes a decision back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from control_tower.web.models.person import Decision
from control_tower.web.pages.explain import Explainer

UNDONE_BY = {
    "resolve_scout_conflict": "scouts/attribution/conflicts/{person_key}/resolve",
    "resolve_unmatched_lead": "unmatched/resolve",
}
"""The route of the API that takes back a decision of a kind."""


@dataclass(frozen=True)
class ShownDecision:
    """A decision; `undo_path` (below the API) and `undo` (the fields) are None unless it is the newest of its kind."""

    id: int
    kind: str
    who: str
    what: str
    why: str
    when: datetime
    undo_path: str | None = None
    undo: Mapping[str, str] | None = None


def shown_decisions(
    decisions: Iterable[Decision],
    explain: Explainer,
    scouts: Mapping[int, str],
    person_key: UUID | None,
) -> list[ShownDecision]:
    """The decisions, the newest first. The newest on a person's scout or on one record can be taken back."""
    shown = []
    seen: set[tuple[str | None, str | None]] = set()
    for decision in sorted(decisions, key=lambda one: one.id, reverse=True):
        subject = (decision.source_table, decision.source_pk)
        undo_path, undo = None, None
        if subject not in seen and decision.kind in UNDONE_BY:
            undo_path = UNDONE_BY[decision.kind].format(person_key=person_key)
            undo = {"source_table": subject[0], "source_pk": subject[1]} if subject[0] and subject[1] else {}
        seen.add(subject)
        shown.append(
            ShownDecision(
                decision.id,
                decision.kind,
                decision.decided_by,
                explain.decision(decision.kind, decision.after, scouts),
                decision.reason,
                decision.decided_at,
                undo_path,
                undo,
            )
        )
    return shown


def scouts_named_in(decisions: Iterable[Decision]) -> list[int]:
    """Numbers of the scouts that decisions assign."""
    found: list[Any] = []
    for decision in decisions:
        ledger = decision.after.get("ledger") if isinstance(decision.after, Mapping) else None
        found.append(ledger.get("attributed_scout_id") if isinstance(ledger, Mapping) else None)
    return [scout for scout in found if isinstance(scout, int)]
