-- The ledger row of each person of the batch, derived from all of its events:
--   one scout        assigned (A; A_FLEET if from a migration; BACKFILL_SINGLE_SCOUT_FROM_EVENTS if the row existed
--                    without a scout)
--   several scouts   conflict; a scout already in the ledger stays
--   no scout         assigned to the source without a scout (A_FLEET, B), or unassigned (U)
--   human decision   kept (MANUAL); a conflict once a scout appears that the decision did not know
-- A person without events keeps its row, if it has one. A scout in the ledger is never replaced.
-- Grain and key: person_key. Reads: attribution_batch. Leaves: derived_ledger_batch.

-- keeps the sort of one batch in memory
set local work_mem = '64MB';

create temporary table derived_ledger_batch on commit drop as
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
        coalesce(ledger.attribution_rule = 'MANUAL', false) as is_manual,
        cardinality(persons.scouts) + case
            when ledger.attributed_scout_id is not null and ledger.attributed_scout_id <> all(persons.scouts) then 1
            else 0
        end as claimant_count,
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
),

decided as (
    select
        known.*,
        case
            when known.is_manual then
                case
                    -- held_as: revert_backfill restored a conflict
                    when known.has_unseen_scout or known.old_evidence ->> 'held_as' = 'conflict'
                        then 'conflict'
                    when known.old_scout is null then 'unassigned'
                    else 'assigned'
                end
            when known.claimant_count > 1 then 'conflict'
            when known.claimant_count = 1 or known.has_migration or known.has_cabinet then 'assigned'
            else 'unassigned'
        end as new_status,
        case
            when known.is_manual or known.old_scout is not null or known.claimant_count > 1 then known.old_scout
            else known.scouts[1]
        end as new_scout,
        case
            when known.is_manual or known.old_scout is not null then known.old_rule
            when known.claimant_count > 1 then 'C'
            when known.claimant_count = 1 and known.has_row
                then 'BACKFILL_SINGLE_SCOUT_FROM_EVENTS'
            when known.claimant_count = 1 and known.is_scout_of_migration then 'A_FLEET'
            when known.claimant_count = 1 then 'A'
            when known.has_migration then 'A_FLEET'
            when known.has_cabinet then 'B'
            else 'U'
        end as new_rule
    from with_existing_row as known
)

select
    decided.*,
    case
        when decided.is_manual or decided.old_scout is not null then decided.old_source
        when decided.is_scout_of_migration or (cardinality(decided.scouts) = 0 and decided.has_migration)
            then 'fleet_migration'
        when cardinality(decided.scouts) > 0 then 'scouting'
        when decided.has_cabinet then 'cabinet'
    end as new_source,
    case
        when decided.is_manual or decided.old_scout is not null then decided.old_score
        when decided.claimant_count > 1 then 0.50
        when decided.claimant_count = 1 or decided.has_migration then 0.95
        when decided.has_cabinet then 0.80
        else 0
    end::numeric(5, 2) as new_score,
    case
        when decided.is_manual or decided.old_scout is not null then decided.old_confidence::text
        when decided.claimant_count > 1 then 'low'
        when decided.claimant_count = 1 or decided.has_migration then 'high'
        when decided.has_cabinet then 'medium'
        else 'low'
    end::public.attributionconfidence as new_confidence,
    case when decided.new_status = 'conflict' then
        case when decided.old_status = 'conflict' then coalesce(decided.old_conflict_since, decided.old_updated_at) end
    end as conflict_since,
    -- keys of an earlier program or a human are kept
    decided.old_evidence || jsonb_build_object(
        'rule', decided.new_rule, 'scouts', to_jsonb(decided.scouts), 'events', coalesce(decided.examples, '[]'),
        'event_count', decided.event_count
    ) as new_evidence
from decided;
