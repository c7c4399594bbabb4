-- Open conflicts: persons whom several scouts claim and for whom no human has decided. Grain and key: person_key.
-- `since` is the run that found it; `age_days` counts whole days from it. Cheap to page through in the order of
-- person_key, since, distinct_scout_count or one of the dates.
create or replace view ops.v_scout_attribution_conflicts as
select
    conflict.person_key,
    conflict.scouts as distinct_scout_count,
    claims.scout_ids,
    claims.sources,
    claims.origin_tags,
    conflict.first_claim_date as first_event_date,
    conflict.last_claim_date as last_event_date,
    claims.total_sources,
    conflict.ledger_scout_id,
    conflict.since,
    floor(extract(epoch from now() - conflict.since) / 86400)::bigint as age_days
from canon.conflicts as conflict
left join lateral (
    select
        array_agg(distinct claim.scout_id order by claim.scout_id) as scout_ids,
        array_agg(distinct claim.source_table order by claim.source_table) as sources,
        array_agg(distinct claim.origin_tag order by claim.origin_tag) as origin_tags,
        count(*) as total_sources
    from (
        select
            event.scout_id,
            event.source_table::text as source_table,
            event.payload_json ->> 'origin_tag' as origin_tag
        from observational.lead_events as event
        where event.person_key = conflict.person_key and event.scout_id is not null
        union all
        select conflict.ledger_scout_id, 'lead_ledger', null
        where conflict.ledger_scout_id is not null
    ) as claim
) as claims on true;
