-- One event per source record with a date. Its person follows the link and is NULL while there is none. Payload keys of
-- an earlier program are kept; a scout that was found for a record without one is kept.
-- Grain and key: (source_table, source_pk). Leaves: known_events_this_step. Safe to run again: equal rows are not
-- written.
-- UPDATE then INSERT, with the existing keys read first (ADR 13).
create temporary table known_events_this_step on commit drop as
select
    event.source_table,
    event.source_pk
from canon.records_this_run as batch
inner join observational.lead_events as event using (source_table, source_pk);

analyze known_events_this_step;

update observational.lead_events as event
set
    event_date = record.event_date,
    person_key = link.person_key,
    scout_id = coalesce(record.scout_id, event.scout_id),
    payload_json = coalesce(event.payload_json, '{}') || record.payload
from known_events_this_step as known
inner join canon.records_index as record using (source_table, source_pk)
left join canon.identity_links as link using (source_table, source_pk)
where
    event.source_table = record.source_table
    and event.source_pk = record.source_pk
    and record.event_date is not null
    and (
        (event.event_date, event.person_key, event.scout_id)
        is distinct from (record.event_date, link.person_key, coalesce(record.scout_id, event.scout_id))
        or (event.payload_json @> record.payload) is not true
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

analyze observational.lead_events (source_table, source_pk, event_date, person_key, scout_id);
