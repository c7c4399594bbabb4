"""Human decisions on scouts, records, payments, runs and merges. No run undoes them.

Each decision is one transaction that records author, time, reason, and the state before and after in
`ops.human_decisions`. It is refused, with nothing written, while a run is active or if it names something unknown.
"""

from control_tower.decisions.merges import Split, split_merged_person
from control_tower.decisions.payments import explain_payment
from control_tower.decisions.postponements import Postponement, lift_postponement, postpone_case
from control_tower.decisions.records import resolve_unmatched_lead
from control_tower.decisions.reverts import Revert, revert_backfill
from control_tower.decisions.scouts import resolve_scout_conflict
from control_tower.decisions.transaction import Author, Decision

__all__ = [
    "Author",
    "Decision",
    "Postponement",
    "Revert",
    "Split",
    "explain_payment",
    "lift_postponement",
    "postpone_case",
    "resolve_scout_conflict",
    "resolve_unmatched_lead",
    "revert_backfill",
    "split_merged_person",
]
