-- A scout that event_scouts.sql copied from a scouting row to a cabinet lead follows that row: when no scouting row of
-- the person names it any more, the lead gets the row's present scout, or none. The row is the one that the audit
-- names or, when the person no longer has it, the person's only one. A scout of other origin, or one that a human
-- reverted, is left alone. Audited with old and new scout.
-- Grain and key: source_pk of the lead. Reads: person_batch. Leaves: followed_lead_batch. Safe to run again.
create temporary table followed_lead_batch on commit drop as
with stale as (
    select lead.*
    from pg_temp.person_batch as batch
    cross join lateral (
        select
            event.id as event_id,
            event.source_table,
            event.source_pk,
            event.person_key,
            event.scout_id as old_scout_id
        from observational.lead_events as event
        where
            event.person_key = batch.person_key
            and event.source_table = 'module_ct_cabinet_leads'
            and event.scout_id is not null
            and not exists (
                select 1 from observational.lead_events as claim
                where
                    claim.person_key = batch.person_key
                    and claim.source_table = 'module_ct_scouting_daily'
                    and claim.scout_id = event.scout_id
            )
    ) as lead
),

copied as (
    select
        stale.*,
        latest.evidence_json ->> 'scouting_pk' as scouting_pk
    from stale
    cross join lateral (
        select audit.*
        from ops.lead_events_scout_backfill_audit as audit
        where audit.source_table = stale.source_table and audit.source_pk = stale.source_pk
        order by audit.id desc
        limit 1
    ) as latest
    where
        latest.action_type = 'UPDATED'
        and latest.mapping_method in ('ONE_LEAD_ONE_SCOUTING_ROW', 'SOURCE_CORRECTED')
        and latest.new_scout_id = stale.old_scout_id
)

select
    copied.*,
    scouting.source_pk as followed_pk,
    scouting.scout_id as new_scout_id
from copied
cross join lateral (
    select
        event.source_pk,
        event.scout_id,
        count(*) over () as row_count
    from observational.lead_events as event
    where event.person_key = copied.person_key and event.source_table = 'module_ct_scouting_daily'
    order by event.source_pk is distinct from copied.scouting_pk
    limit 1
) as scouting
where scouting.source_pk = copied.scouting_pk or scouting.row_count = 1;

update observational.lead_events as event
set scout_id = followed.new_scout_id
from followed_lead_batch as followed
where event.id = followed.event_id;

insert into ops.lead_events_scout_backfill_audit (
    source_table, source_pk, person_key, old_scout_id, new_scout_id, mapping_method, mapping_confidence, evidence_json,
    action_type, backfill_timestamp, ingestion_run_id
)
select
    followed.source_table,
    followed.source_pk,
    followed.person_key,
    followed.old_scout_id,
    followed.new_scout_id,
    case when followed.new_scout_id is null then 'SOURCE_WITHDRAWN' else 'SOURCE_CORRECTED' end,
    'medium',
    jsonb_build_object('scouting_pk', followed.followed_pk),
    'UPDATED',
    run.as_of,
    %(run_id)s::integer
from followed_lead_batch as followed
cross join ops.run_settings(%(run_id)s::integer) as run
order by followed.source_pk;
