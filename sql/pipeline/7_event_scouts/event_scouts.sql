-- Scouts for cabinet-lead events where one lead corresponds to one scouting row: the person has exactly one cabinet
-- lead, exactly one scouting row with a scout, and one distinct scout in all. Other leads of persons with a scout are
-- audited as NO_MAPPING, once, and again only when the evidence changes. An event whose backfill a human reverted is
-- SKIPPED.
-- Grain and key: (source_table, source_pk). Reads: person_batch, followed_lead_batch. Leaves: event_scout_batch. Safe
-- to run again.
create temporary table event_scout_batch on commit drop as
with persons as (
    select
        batch.person_key,
        held.*
    from pg_temp.person_batch as batch
    cross join lateral (
        -- one index probe per person: the cost depends on the batch, not on the table
        select
            count(*) filter (where event.source_table = 'module_ct_cabinet_leads') as cabinet_leads,
            count(*) filter (where event.source_table = 'module_ct_scouting_daily') as scouting_rows,
            array_agg(distinct event.scout_id) filter (where event.scout_id is not null) as scouts,
            min(event.scout_id) filter (where event.source_table = 'module_ct_scouting_daily') as scouting_scout,
            min(event.source_pk) filter (where event.source_table = 'module_ct_scouting_daily') as scouting_pk,
            array_agg(event.source_pk) filter (
                where event.source_table = 'module_ct_cabinet_leads' and event.scout_id is null
            ) as open_leads,
            array_agg(event.id) filter (
                where event.source_table = 'module_ct_cabinet_leads' and event.scout_id is null
            ) as open_lead_ids
        from observational.lead_events as event
        where event.person_key = batch.person_key
    ) as held
),

leads as (
    select
        'module_ct_cabinet_leads'::varchar as source_table,
        lead.source_pk,
        lead.event_id,
        persons.person_key,
        persons.scouts,
        persons.cabinet_leads = 1 and persons.scouting_rows = 1 and cardinality(persons.scouts) = 1
        and persons.scouting_scout is not null as is_one_to_one,
        jsonb_build_object(
            'scouts', to_jsonb(persons.scouts), 'cabinet_leads', persons.cabinet_leads,
            'scouting_rows', persons.scouting_rows, 'scouting_pk', persons.scouting_pk
        ) as evidence
    from persons
    cross join lateral unnest(persons.open_leads, persons.open_lead_ids) as lead (source_pk, event_id)
    where persons.cabinet_leads > 0 and cardinality(persons.scouts) > 0
)

select
    leads.*,
    case
        when latest.is_reverted then 'SKIPPED'
        when leads.is_one_to_one then 'UPDATED'
        else 'NO_MAPPING'
    end as action_type
from leads
left join lateral (
    select
        audit.action_type,
        audit.evidence_json,
        exists(
            select 1 from ops.lead_events_scout_backfill_audit as undone
            where
                undone.source_table = leads.source_table
                and undone.source_pk = leads.source_pk
                and (undone.action_type = 'REVERTED' or undone.notes like 'reverted%%')
        ) as is_reverted
    from ops.lead_events_scout_backfill_audit as audit
    where audit.source_table = leads.source_table and audit.source_pk = leads.source_pk
    order by audit.id desc
    limit 1
) as latest on true
where
    latest.action_type is null
    or (latest.is_reverted and latest.action_type <> 'SKIPPED')
    or (not latest.is_reverted and (leads.is_one_to_one or latest.evidence_json is distinct from leads.evidence));

update observational.lead_events as event
set scout_id = backfill.scouts[1]
from event_scout_batch as backfill
where backfill.action_type = 'UPDATED' and event.id = backfill.event_id;

insert into ops.lead_events_scout_backfill_audit (
    source_table, source_pk, person_key, old_scout_id, new_scout_id, mapping_method, mapping_confidence, evidence_json,
    action_type, backfill_timestamp, ingestion_run_id
)
select
    backfill.source_table,
    backfill.source_pk,
    backfill.person_key,
    null,
    case when backfill.action_type = 'UPDATED' then backfill.scouts[1] end,
    case when backfill.action_type = 'UPDATED' then 'ONE_LEAD_ONE_SCOUTING_ROW' else 'NONE' end,
    case when backfill.action_type = 'UPDATED' then 'medium' else 'none' end,
    backfill.evidence,
    backfill.action_type,
    run.as_of,
    %(run_id)s::integer
from event_scout_batch as backfill
cross join ops.run_settings(%(run_id)s::integer) as run
order by backfill.source_table, backfill.source_pk;

select
    max(batch.person_key::text) as last_person_key,
    count(*) as persons,
    (select count(*) from event_scout_batch where action_type = 'UPDATED')
    + (select count(*) from pg_temp.followed_lead_batch) as updated,
    (select count(*) from event_scout_batch) + (select count(*) from pg_temp.followed_lead_batch) as audited
from pg_temp.person_batch as batch;
