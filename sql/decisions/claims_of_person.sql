-- A person's ledger row, every scout ever claimed for the person, and whether the given scout is known: NULL, claimed,
-- or in the list of scouts. One row.
with claimed as (
    select event.scout_id
    from observational.lead_events as event
    where event.person_key = %(person_key)s::uuid and event.scout_id is not null
    union
    select ledger.attributed_scout_id
    from observational.lead_ledger as ledger
    where ledger.person_key = %(person_key)s::uuid and ledger.attributed_scout_id is not null
    union
    select seen.scout_id::integer
    from observational.lead_ledger as ledger
    cross join lateral jsonb_array_elements_text(
        case jsonb_typeof(ledger.evidence_json -> 'seen_scouts')
            when 'array' then ledger.evidence_json -> 'seen_scouts' else '[]'
        end
    ) as seen (scout_id)
    where ledger.person_key = %(person_key)s::uuid
)

select
    (
        select to_jsonb(ledger) from observational.lead_ledger as ledger
        where ledger.person_key = %(person_key)s::uuid
    ) as ledger,
    array(select claimed.scout_id from claimed order by claimed.scout_id) as seen_scouts,
    asked.scout_id is null
    or exists (select 1 from claimed where claimed.scout_id = asked.scout_id)
    or exists (select 1 from canon.source_scouts as scout where scout.scout_id = asked.scout_id) as is_known
from (values (%(scout_id)s::integer)) as asked (scout_id);
