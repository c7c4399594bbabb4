-- What speaks against a split: a human's decision on the scout of the survivor since the merge, which is about both
-- persons; and how many records can return. One row. Reads: split_this_step, split_records_this_step.
select
    split.survivor_key::text as survivor_key,
    (
        select count(*) from split_records_this_step as record
        where record.part = 'moved' and record.is_undecided
    ) as returning_count,
    (
        select max(decision.id)
        from ops.human_decisions as decision
        inner join observational.lead_ledger as ledger on ledger.person_key = decision.person_key
        where
            decision.person_key = split.survivor_key
            and decision.kind = 'resolve_scout_conflict'
            and decision.decided_at >= split.merged_at
            and ledger.attribution_rule = 'MANUAL'
    ) as scout_decision
from split_this_step as split;
