"""Human decisions: who brought a person, who a record is, and which run was wrong. Machines never undo them.

Each decision is one transaction with who, when, why, before and after in `ops.human_decisions`; it is refused, with
nothing written, while a run is at work or when it names something that does not exist.
"""

from control_tower.decisions.records import resolve_unmatched_lead
from control_tower.decisions.reverts import Revert, revert_backfill
from control_tower.decisions.scouts import resolve_scout_conflict
from control_tower.decisions.transaction import Author, Decision

__all__ = [
    "Author",
    "Decision",
    "Revert",
    "resolve_scout_conflict",
    "resolve_unmatched_lead",
    "revert_backfill",
]
