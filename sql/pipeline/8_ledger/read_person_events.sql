-- The events and the ledger row of each person of the batch. `gone_scouts`: scouts that no event names any more, but
-- that the events carried when the row was derived last, or before, since it was last settled (noted in its evidence).
-- Grain and key: person_key. Reads: attribution_batch. Leaves: person_events_batch.

-- keeps the sort of one batch in memory
set local work_mem = '64MB';

create temporary table person_events_batch on commit drop as
with persons as (
    select
        batch.person_key,
        coalesce(array_agg(distinct event.scout_id) filter (where event.scout_id is not null), '{}') as scouts,
        coalesce(bool_or(event.is_migration), false) as has_migration,
        coalesce(bool_or(event.is_cabinet), false) as has_cabinet,
        coalesce(bool_or(event.is_migration and event.scout_id is not null), false) as is_scout_of_migration,
        count(event.source_pk) as event_count,
        min(event.event_date) as first_event_date,
        max(event.event_date) as last_event_date,
        min(event.event_date) filter (where event.scout_id is not null) as first_claim_date,
        max(event.event_date) filter (where event.scout_id is not null) as last_claim_date,
        (
            array_agg(event.id order by event.event_date, event.id) filter (where event.scout_id is not null)
        )[1] as first_claim_id,
        coalesce(bool_or(event.is_scouting and event.scout_id is not null), false) as has_scouting_claim,
        coalesce(bool_or(event.is_cabinet and event.scout_id is not null), false) as has_lead_claim,
        to_jsonb((array_agg(
            jsonb_strip_nulls(jsonb_build_object(
                'source_table', event.source_table, 'source_pk', event.source_pk, 'event_date', event.event_date,
                'scout_id', event.scout_id
            )) order by event.scout_id is null, event.event_date, event.source_table, event.source_pk
        ) filter (where event.source_pk is not null))[1:20]) as examples
    from pg_temp.attribution_batch as batch
    -- one index probe per person: the cost depends on the batch, not on the tables
    left join lateral (
        select
            lead_event.id,
            lead_event.source_table,
            lead_event.source_pk,
            lead_event.event_date,
            lead_event.scout_id,
            lead_event.payload_json ->> 'origin_tag' = 'fleet_migration' as is_migration,
            lead_event.source_table = 'module_ct_cabinet_leads' as is_cabinet,
            lead_event.source_table = 'module_ct_scouting_daily' as is_scouting
        from observational.lead_events as lead_event
        where lead_event.person_key = batch.person_key
        offset 0 -- noqa: AM09
    ) as event on true
    group by batch.person_key
),

with_existing_row as (
    select
        persons.*,
        ledger.person_key is not null as has_row,
        ledger.conflict_since as old_conflict_since,
        ledger.updated_at as old_updated_at,
        ledger.attributed_scout_id as old_scout,
        ledger.attribution_rule as old_rule,
        ledger.decision_status as old_status,
        ledger.confidence_level as old_confidence,
        ledger.attributed_source as old_source,
        ledger.attribution_score as old_score,
        case
            when jsonb_typeof(ledger.evidence_json) = 'object' then ledger.evidence_json
            when ledger.evidence_json is null then '{}'
            else jsonb_build_object('before', ledger.evidence_json)
        end as old_evidence,
        ledger.event_scout_ids as old_event_scouts,
        coalesce(ledger.attribution_rule = 'MANUAL', false) as is_manual,
        ledger.attribution_rule = 'MANUAL' and exists (
            select 1 from unnest(persons.scouts) as scout (scout_id)
            where not coalesce(ledger.evidence_json -> 'seen_scouts', '[]'::jsonb) @> to_jsonb(scout.scout_id)
        ) as has_unseen_scout
    from persons
    left join lateral (
        select existing.* from observational.lead_ledger as existing
        where existing.person_key = persons.person_key
        offset 0 -- noqa: AM09
    ) as ledger on true
    where persons.event_count > 0 or ledger.person_key is not null
)

select
    known.*,
    case
        when coalesce(known.old_event_scouts, '{}') <@ known.scouts and not known.old_evidence ? 'gone_scouts'
            then '{}'::integer[]
        else array(
            select carried.scout_id
            from (
                select unnest(known.old_event_scouts) as scout_id
                union
                select before.scout_id::integer
                from jsonb_array_elements_text(
                    case jsonb_typeof(known.old_evidence -> 'gone_scouts')
                        when 'array' then known.old_evidence -> 'gone_scouts' else '[]'
                    end
                ) as before (scout_id)
            ) as carried
            where carried.scout_id <> all(known.scouts)
            order by carried.scout_id
        )
    end as gone_scouts
from with_existing_row as known;
