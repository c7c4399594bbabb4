-- The newest human decision on the scout of a person, and whether the ledger is still as it left it; all columns NULL
-- if there is none. One row.
select
    decision.id,
    decision.kind,
    decision.person_key::text as person_key,
    decision.source_table,
    decision.source_pk,
    decision.before,
    decision.after,
    decision.reason,
    decision.decided_by,
    decision.decided_at,
    (
        ledger.updated_at is not distinct from (
            case when decision.after ->> 'ledger' is not null then decision.decided_at end
        )
    ) as is_unchanged
from (values (%(person_key)s::uuid)) as asked (person_key)
left join lateral (
    select newest.*
    from ops.human_decisions as newest
    where newest.person_key = asked.person_key and newest.source_pk is null
    order by newest.id desc
    limit 1
) as decision on true
left join observational.lead_ledger as ledger on ledger.person_key = asked.person_key;
