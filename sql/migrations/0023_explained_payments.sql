-- Humans explain payments that belong to no claim: a kind of decision of its own.
alter table ops.human_decisions drop constraint if exists human_decisions_kind_check;
alter table ops.human_decisions add constraint human_decisions_kind_check check (
    kind in (
        'resolve_scout_conflict', 'resolve_unmatched_lead', 'revert_backfill', 'split_merged_person',
        'close_liquidation_period', 'estimate_weights', 'explain_payment'
    )
);
