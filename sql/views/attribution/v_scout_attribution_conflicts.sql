-- Open conflicts: persons claimed by several scouts, not decided by a human. `since`: when the run found it;
-- `age_days`: whole days since. `claimants`: scouts of the events and of the ledger, which may be NULL or a duplicate.
-- Indexed for paging by person_key, since, distinct_scout_count or one of the dates, and for `claimants @> array[7]`.
-- `conflict_reason`: SEVERAL_SCOUTS, or that the source took back a scout who had been paid for the person or whom a
-- human had chosen (SCOUT_CORRECTED_AFTER_PAYMENT, SCOUT_WITHDRAWN_AFTER_PAYMENT, SCOUT_CORRECTED_AFTER_DECISION).
-- Details of the events are subqueries, computed only for the rows shown; joins would be computed before sorting.
-- Grain and key: person_key.
create or replace view ops.v_scout_attribution_conflicts as
select
    conflict.person_key,
    conflict.scouts as distinct_scout_count,
    (
        select array_agg(distinct claim.scout_id order by claim.scout_id)
        from unnest(conflict.claimants) as claim (scout_id)
        where claim.scout_id is not null
    ) as scout_ids,
    (
        select array_agg(distinct claim.source_table order by claim.source_table)
        from (
            select event.source_table::text as source_table
            from observational.lead_events as event
            where event.person_key = conflict.person_key and event.scout_id is not null
            union all
            select 'lead_ledger' where conflict.ledger_scout_id is not null
        ) as claim
    ) as sources,
    (
        select array_agg(distinct claim.origin_tag order by claim.origin_tag)
        from (
            select event.payload_json ->> 'origin_tag' as origin_tag
            from observational.lead_events as event
            where event.person_key = conflict.person_key and event.scout_id is not null
            union all
            select null where conflict.ledger_scout_id is not null
        ) as claim
    ) as origin_tags,
    conflict.first_claim_date as first_event_date,
    conflict.last_claim_date as last_event_date,
    (
        select count(*)
        from observational.lead_events as event
        where event.person_key = conflict.person_key and event.scout_id is not null
    ) + case when conflict.ledger_scout_id is not null then 1 else 0 end as total_sources,
    conflict.ledger_scout_id,
    conflict.since,
    floor(extract(epoch from now() - conflict.since) / 86400)::bigint as age_days,
    conflict.claimants,
    coalesce(
        (
            select ledger.evidence_json ->> 'conflict_reason' from observational.lead_ledger as ledger
            where ledger.person_key = conflict.person_key
        ), 'SEVERAL_SCOUTS'
    ) as conflict_reason
from canon.conflicts as conflict;
