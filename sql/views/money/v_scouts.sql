-- Scouts: what each brought, how well it holds, and what each is due and was paid. `persons`: those whose scout the
-- ledger says it is. `open_conflicts`: open conflicts that name the scout. `records`, `contested_records` and
-- `undone_records` are those of the sources that name the scout: all, contested now, and taken from their person by a
-- human; `doubt_share` is the share of the last two. Money, one row per currency (NULL: none yet): `due_amount` is
-- payable by today and in no statement yet, as of the last refresh, negative if statements hold too much;
-- `unpaid_amount` is in statements that are not marked as paid, `paid_amount` in those that are.
-- Grain and key: (scout_id, currency). A filter on scout_id reads only what that scout has, and all open conflicts.
create or replace view ops.v_scouts as
select
    number.scout_id,
    number.scout_name,
    number.is_active,
    coalesce(brought.persons, 0) as persons,
    coalesce(claimed.conflicts, 0) as open_conflicts,
    coalesce(quality.records, 0) as records,
    coalesce(quality.contested_records, 0) as contested_records,
    coalesce(quality.undone_records, 0) as undone_records,
    (quality.contested_records + quality.undone_records)::float8 / quality.records as doubt_share,
    due.currency,
    coalesce(due.earned_amount - due.stated_amount, 0) as due_amount,
    coalesce(due.stated_amount - due.paid_amount, 0) as unpaid_amount,
    coalesce(due.paid_amount, 0) as paid_amount,
    coalesce(due.statements, 0) as statements,
    coalesce(due.unpaid_statements, 0) as unpaid_statements
from ops.v_scout_numbers as number
left join (
    select
        ledger.attributed_scout_id as scout_id,
        count(*) as persons
    from observational.lead_ledger as ledger
    where ledger.attributed_scout_id is not null
    group by ledger.attributed_scout_id
) as brought on brought.scout_id = number.scout_id
left join (
    -- once for all scouts: looked up scout by scout, the persons that wait for attribution would be read for each
    select
        claimant.scout_id,
        count(*) as conflicts
    from canon.conflicts as conflict
    cross join lateral (select distinct unnest(conflict.claimants) as scout_id) as claimant
    group by claimant.scout_id
) as claimed on claimed.scout_id = number.scout_id
left join canon.scout_quality as quality on quality.scout_id = number.scout_id
left join canon.scout_dues as due on due.scout_id = number.scout_id;
