-- Persons in conflict, derived when read. Columns as of canon.derived_review_cases; amount is what the reached
-- milestones are worth to a scout.
-- Grain and key: (case_kind, case_key).
create or replace view canon.derived_conflict_cases as
select
    conflict.case_kind,
    conflict.case_key,
    conflict.person_key,
    conflict.source_table,
    conflict.source_pk,
    conflict.payment_key,
    conflict.reason_code,
    conflict.since,
    conflict.probability,
    earned.amount::numeric(12, 2) as amount,
    earned.currency,
    conflict.scout_ids,
    conflict.park_id
from canon.unpriced_conflict_cases as conflict
left join lateral (
    select
        earning.amount,
        earning.currency
    from canon.scout_earnings as earning
    where earning.person_key = conflict.person_key and earning.amount is not null
    order by earning.amount desc, earning.currency
    limit 1
) as earned on true;
