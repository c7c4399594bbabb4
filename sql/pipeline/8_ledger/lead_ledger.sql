-- The ledger row of each queued person, derived from all of its events: who brought this person?
--   one scout        assigned (A; A_FLEET where a migration brought it; BACKFILL_SINGLE_SCOUT_FROM_EVENTS where the row
--                    stood without a scout)
--   several          conflict, nobody is assigned; a scout that stands in the ledger is left as it is
--   none             assigned to the source without a scout (A_FLEET, B), or unassigned (U)
--   a human decided  kept (MANUAL), until a scout appears that the human had not seen: then a conflict again
-- A person whose events went to another keeps its row, if it had one. It never invents a scout and never
-- changes one. Every change of scout or state is audited in the same transaction, and the persons leave the
-- queue in it. Grain and key: person_key. Repeatable. a batch is sorted in memory
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
    -- One probe per person, so that a batch costs what it holds, however large the tables are.
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
                    -- held_as: revert_backfill put it back to a conflict
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
    -- what an older program or a human noted stays
    decided.old_evidence || jsonb_build_object(
        'rule', decided.new_rule, 'scouts', to_jsonb(decided.scouts), 'events', coalesce(decided.examples, '[]'),
        'event_count', decided.event_count
    ) as new_evidence
from decided;

insert into ops.lead_ledger_scout_backfill_audit (
    person_key, old_attributed_scout_id, new_attributed_scout_id, attribution_rule_old, attribution_rule_new,
    attribution_confidence_old, attribution_confidence_new, attribution_source, evidence_json_old, evidence_json_new,
    backfill_method, backfill_timestamp, ingestion_run_id, notes
)
select
    derived.person_key,
    derived.old_scout,
    derived.new_scout,
    derived.old_rule,
    derived.new_rule,
    derived.old_confidence::text,
    derived.new_confidence::text,
    derived.new_source,
    case when derived.has_row then derived.old_evidence end,
    derived.new_evidence,
    case
        when derived.new_status = 'conflict' then 'CONFLICT_SEVERAL_SCOUTS'
        when derived.new_scout is not null and derived.old_scout is null and derived.has_row
            then 'BACKFILL_SINGLE_SCOUT_FROM_EVENTS'
        when derived.new_scout is not null then 'SINGLE_SCOUT_FROM_EVENTS'
        else 'CONFLICT_ENDED'
    end,
    run.as_of,
    %(run_id)s::integer,
    case when derived.has_row then 'ledger row existed, state ' || derived.old_status::text else 'new ledger row' end
from derived_ledger_batch as derived
cross join ops.run_settings(%(run_id)s::integer) as run
where
    derived.old_scout is distinct from derived.new_scout
    or (derived.new_status = 'conflict') <> (derived.has_row and derived.old_status = 'conflict')
    -- one more scout, or a conflict that merging two persons made
    or (
        derived.new_status = 'conflict'
        and derived.old_evidence -> 'scouts' is distinct from derived.new_evidence -> 'scouts'
    )
order by derived.person_key;

insert into observational.lead_ledger as ledger (
    person_key, attributed_source, attributed_scout_id, attribution_rule, attribution_score, confidence_level,
    evidence_json, decision_status, updated_at, event_scouts, conflict_since, event_count, first_event_date,
    last_event_date, first_claim_id, first_claim_date, last_claim_date, event_scout_ids, has_scouting_claim,
    has_lead_claim
)
select
    derived.person_key,
    derived.new_source,
    derived.new_scout,
    derived.new_rule,
    derived.new_score,
    derived.new_confidence,
    derived.new_evidence,
    derived.new_status::public.decisionstatus,
    run.as_of,
    case when derived.event_count > 0 then cardinality(derived.scouts) end,
    case when derived.new_status = 'conflict' then coalesce(derived.conflict_since, run.as_of) end,
    nullif(derived.event_count, 0),
    derived.first_event_date,
    derived.last_event_date,
    derived.first_claim_id,
    derived.first_claim_date,
    derived.last_claim_date,
    case when derived.event_count > 0 then derived.scouts end,
    case when derived.event_count > 0 then derived.has_scouting_claim end,
    case when derived.event_count > 0 then derived.has_lead_claim end
from derived_ledger_batch as derived
cross join ops.run_settings(%(run_id)s::integer) as run
on conflict (person_key) do update set
    attributed_source = excluded.attributed_source,
    attributed_scout_id = excluded.attributed_scout_id,
    attribution_rule = excluded.attribution_rule,
    attribution_score = excluded.attribution_score,
    confidence_level = excluded.confidence_level,
    evidence_json = excluded.evidence_json,
    decision_status = excluded.decision_status,
    updated_at = excluded.updated_at,
    event_scouts = excluded.event_scouts,
    conflict_since = excluded.conflict_since,
    event_count = excluded.event_count,
    first_event_date = excluded.first_event_date,
    last_event_date = excluded.last_event_date,
    first_claim_id = excluded.first_claim_id,
    first_claim_date = excluded.first_claim_date,
    last_claim_date = excluded.last_claim_date,
    event_scout_ids = excluded.event_scout_ids,
    has_scouting_claim = excluded.has_scouting_claim,
    has_lead_claim = excluded.has_lead_claim
where
    (
        ledger.event_scouts, ledger.attributed_source, ledger.attributed_scout_id, ledger.attribution_rule,
        ledger.attribution_score, ledger.confidence_level, ledger.decision_status, ledger.conflict_since,
        ledger.event_count, ledger.first_event_date, ledger.last_event_date, ledger.first_claim_id,
        ledger.first_claim_date, ledger.last_claim_date, ledger.event_scout_ids, ledger.has_scouting_claim,
        ledger.has_lead_claim, ledger.evidence_json
    )
    is distinct from (
        excluded.event_scouts, excluded.attributed_source, excluded.attributed_scout_id, excluded.attribution_rule,
        excluded.attribution_score, excluded.confidence_level, excluded.decision_status, excluded.conflict_since,
        excluded.event_count, excluded.first_event_date, excluded.last_event_date, excluded.first_claim_id,
        excluded.first_claim_date, excluded.last_claim_date, excluded.event_scout_ids, excluded.has_scouting_claim,
        excluded.has_lead_claim, excluded.evidence_json
    );

-- What they are worth is derived once more, by refresh_scout_payments.
insert into canon.payment_queue (person_key)
select batch.person_key
from pg_temp.attribution_batch as batch
order by batch.person_key
on conflict do nothing;

delete from canon.attribution_queue as queued
using pg_temp.attribution_batch as batch
where batch.person_key = queued.person_key;
