-- Take back the scouts that a run set in events, where they are unchanged since. The audit row keeps event_scouts.sql
-- from setting them again. A scout that followed its source is not put back to what the source took back: the event is
-- left without one.
-- Grain and key: (source_table, source_pk). Reads and extends: revert_report_this_step. Leaves:
-- event_changes_this_step.
create temporary table event_changes_this_step on commit drop as
with audited as (
    select
        audit.*,
        row_number() over (partition by audit.source_table, audit.source_pk order by audit.id desc) = 1 as is_newest,
        first_value(
            case when audit.mapping_method not in ('SOURCE_CORRECTED', 'SOURCE_WITHDRAWN') then audit.old_scout_id end
        ) over (partition by audit.source_table, audit.source_pk order by audit.id) as first_scout
    from ops.lead_events_scout_backfill_audit as audit
    where audit.ingestion_run_id = %(reverted_run_id)s::integer and audit.action_type = 'UPDATED'
)

select
    audited.id as audit_id,
    audited.source_table,
    audited.source_pk,
    event.person_key,
    event.scout_id,
    audited.first_scout,
    audited.mapping_method,
    coalesce(event.scout_id = audited.new_scout_id, false) as is_current
from audited
left join observational.lead_events as event using (source_table, source_pk)
where audited.is_newest;

update observational.lead_events as event
set scout_id = change.first_scout
from event_changes_this_step as change
where change.is_current and event.source_table = change.source_table and event.source_pk = change.source_pk;

insert into ops.lead_events_scout_backfill_audit (
    source_table, source_pk, person_key, old_scout_id, new_scout_id, mapping_method, mapping_confidence, evidence_json,
    action_type, backfill_timestamp, notes
)
select
    change.source_table,
    change.source_pk,
    change.person_key,
    change.scout_id,
    change.first_scout,
    'REVERTED',
    'none',
    jsonb_build_object('reverted_run', %(reverted_run_id)s::integer, 'mapping_method', change.mapping_method),
    'REVERTED',
    %(decided_at)s::timestamptz,
    %(notes)s
from event_changes_this_step as change
where change.is_current
order by change.audit_id desc;

insert into pg_temp.revert_report_this_step (what, source_table, source_pk, person_key, outcome, before, after)
select
    'event',
    change.source_table,
    change.source_pk,
    change.person_key,
    case when change.is_current then 'reverted' else 'changed since' end,
    jsonb_build_object('scout_id', change.scout_id),
    case when change.is_current then jsonb_build_object('scout_id', change.first_scout) end
from event_changes_this_step as change
order by change.audit_id desc;
