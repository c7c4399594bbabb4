"""Human decisions as pages show them: who decided what, why and when, and the form that takes a decision back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from control_tower.web.decision_writer import UNDONE_BY, scouts_named_in_states, subject_of
from control_tower.web.explain import Explainer
from control_tower.web.models.person import Decision


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
    """The decisions, the newest first. The newest on a person's scout, one record or payment can be taken back."""
    shown = []
    seen: set[tuple[str | None, str | None]] = set()
    for decision in sorted(decisions, key=lambda one: one.id, reverse=True):
        subject = (decision.source_table, decision.source_pk)
        undo_path, undo = None, None
        if subject not in seen and decision.kind in UNDONE_BY:
            undo_path = UNDONE_BY[decision.kind].format(person_key=person_key)
            undo = subject_of(decision.kind, *subject)
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
    return scouts_named_in_states(decision.after for decision in decisions)
