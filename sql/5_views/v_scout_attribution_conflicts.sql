-- Open conflicts: persons whom several scouts claim and for whom no human has decided. Grain and key: person_key.
-- `since` is the run that found it; `age_days` counts whole days from it. Cheap to page through ordered by
-- person_key, or by since, person_key.
create or replace view ops.v_scout_attribution_conflicts as
select
    ledger.person_key,
    claims.distinct_scout_count,
    claims.scout_ids,
    claims.sources,
    claims.origin_tags,
    claims.first_event_date,
    claims.last_event_date,
    claims.total_sources,
    ledger.attributed_scout_id as ledger_scout_id,
    coalesce(ledger.conflict_since, ledger.updated_at) as since,
    floor(extract(epoch from now() - coalesce(ledger.conflict_since, ledger.updated_at)) / 86400)::bigint as age_days
from observational.lead_ledger as ledger
cross join lateral (
    select
        count(distinct claim.scout_id) as distinct_scout_count,
        array_agg(distinct claim.scout_id order by claim.scout_id) as scout_ids,
        array_agg(distinct claim.source_table order by claim.source_table) as sources,
        array_agg(distinct claim.origin_tag order by claim.origin_tag) as origin_tags,
        min(claim.event_date) as first_event_date,
        max(claim.event_date) as last_event_date,
        count(*) as total_sources
    from (
        select
            event.scout_id,
            event.source_table::text as source_table,
            event.payload_json ->> 'origin_tag' as origin_tag,
            event.event_date
        from observational.lead_events as event
        where event.person_key = ledger.person_key and event.scout_id is not null
        union all
        select ledger.attributed_scout_id, 'lead_ledger', null, null
        where ledger.attributed_scout_id is not null
    ) as claim
) as claims
where ledger.decision_status = 'conflict';
