-- One event per source record with a date. Its person follows the link and is NULL while there is none. Its scout
-- follows the source, which may correct or withdraw it; each such change of an event is audited. A scout that the
-- source never gave (found for a record without one, or of an earlier program) is kept, and so are payload keys of an
-- earlier program and the date of a record that lost it.
-- Grain and key: (source_table, source_pk). Leaves: known_events_this_step. Safe to run again: equal rows are not
-- written.
-- UPDATE then INSERT, with the existing keys read first (ADR 13).
create temporary table known_events_this_step on commit drop as
select
    event.source_table,
    event.source_pk,
    event.scout_id as old_scout_id,
    case
        -- a contested record brings no new scout
        when contested.source_pk is not null then event.scout_id
        else coalesce(
            record.scout_id,
            case when event.scout_id = any(record.withdrawn_scout_ids) is not true then event.scout_id end
        )
    end as scout_id
from canon.records_this_run as batch
inner join observational.lead_events as event using (source_table, source_pk)
inner join canon.records_index as record using (source_table, source_pk)
left join canon.identity_contested as contested using (source_table, source_pk);

analyze known_events_this_step;

update observational.lead_events as event
set
    event_date = coalesce(record.event_date, event.event_date),
    person_key = link.person_key,
    scout_id = known.scout_id,
    payload_json = coalesce(event.payload_json, '{}') || record.payload
from known_events_this_step as known
inner join canon.records_index as record using (source_table, source_pk)
left join canon.identity_links as link using (source_table, source_pk)
where
    event.source_table = record.source_table
    and event.source_pk = record.source_pk
    and (
        (event.event_date, event.person_key, event.scout_id)
        is distinct from (coalesce(record.event_date, event.event_date), link.person_key, known.scout_id)
        or (event.payload_json @> record.payload) is not true
    );

insert into ops.lead_events_scout_backfill_audit (
    source_table, source_pk, person_key, old_scout_id, new_scout_id, mapping_method, mapping_confidence, evidence_json,
    action_type, backfill_timestamp, ingestion_run_id
)
select
    known.source_table,
    known.source_pk,
    link.person_key,
    known.old_scout_id,
    known.scout_id,
    case
        when known.old_scout_id is null then 'SOURCE_ADDED'
        when known.scout_id is null then 'SOURCE_WITHDRAWN'
        else 'SOURCE_CORRECTED'
    end,
    'high',
    jsonb_build_object('source_row_id', record.source_row_id),
    'UPDATED',
    run.as_of,
    %(run_id)s::integer
from known_events_this_step as known
inner join canon.records_index as record using (source_table, source_pk)
left join canon.identity_links as link using (source_table, source_pk)
cross join ops.run_settings(%(run_id)s::integer) as run
where known.scout_id is distinct from known.old_scout_id
order by known.source_table, known.source_pk;

select canon.defer_indexes(
    'observational.lead_events',
    (select count(*) from canon.records_this_run as batch where batch.source_table <> 'drivers')
);

insert into observational.lead_events (
    source_table, source_pk, event_date, person_key, scout_id, payload_json, created_at
)
select
    record.source_table,
    record.source_pk,
    record.event_date,
    link.person_key,
    record.scout_id,
    record.payload,
    run.as_of
from canon.records_this_run as batch
inner join canon.records_index as record using (source_table, source_pk)
left join canon.identity_links as link using (source_table, source_pk)
cross join ops.run_settings(%(run_id)s::integer) as run
where
    record.event_date is not null
    and not exists (
        select 1 from known_events_this_step as known
        where known.source_table = record.source_table and known.source_pk = record.source_pk
    );

select canon.build_deferred_indexes('observational.lead_events');

analyze observational.lead_events (source_table, source_pk, event_date, person_key, scout_id);
