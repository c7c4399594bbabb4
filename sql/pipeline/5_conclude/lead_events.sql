-- One event per source record with a date; its person follows the link. Records without a link have an event
-- without a person, filled once the link exists. What an earlier program noted in the payload stays; a scout
-- that was found for a record without one is not taken away. Grain and key: (source_table, source_pk). Repeatable.
-- Written in two statements: an upsert looks every new row up in a random place of the index first. What is known is
-- asked before, since a table that grows while it is asked could be asked in a way that takes for ever.
create temporary table known_events on commit drop as
select
    event.source_table,
    event.source_pk
from canon.records_this_run as batch
inner join observational.lead_events as event using (source_table, source_pk);

analyze known_events;

update observational.lead_events as event
set
    event_date = record.event_date,
    person_key = link.person_key,
    scout_id = coalesce(record.scout_id, event.scout_id),
    payload_json = coalesce(event.payload_json, '{}') || record.payload
from known_events as known
inner join canon.records_index as record using (source_table, source_pk)
left join canon.identity_links as link
    on link.source_table = record.source_table and link.source_pk = record.source_pk
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
left join canon.identity_links as link
    on link.source_table = record.source_table and link.source_pk = record.source_pk
cross join ops.run_settings(%(run_id)s::integer) as run
where
    record.event_date is not null
    and not exists (
        select 1 from known_events as known
        where known.source_table = record.source_table and known.source_pk = record.source_pk
    );

analyze observational.lead_events (source_table, source_pk, event_date, person_key, scout_id);
