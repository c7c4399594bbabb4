-- One event per source record with a date; its person follows the link. Records without a link have an event
-- without a person, filled once the link exists. What an earlier program noted in the payload stays; a scout
-- that was found for a record without one is not taken away. Grain and key: (source_table, source_pk). Repeatable.
insert into observational.lead_events as event (
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
from canon.evaluation_batch as batch
inner join canon.records_index as record using (source_table, source_pk)
left join canon.identity_links as link
    on link.source_table = record.source_table and link.source_pk = record.source_pk
cross join ops.run_settings(%(run_id)s::integer) as run
where record.event_date is not null
on conflict (source_table, source_pk) do update set
    event_date = excluded.event_date,
    person_key = excluded.person_key,
    scout_id = coalesce(excluded.scout_id, event.scout_id),
    payload_json = coalesce(event.payload_json, '{}') || excluded.payload_json
where
    (event.event_date, event.person_key, event.scout_id)
    is distinct from (excluded.event_date, excluded.person_key, coalesce(excluded.scout_id, event.scout_id))
    or (event.payload_json @> excluded.payload_json) is not true;

analyze observational.lead_events (source_table, source_pk, event_date, person_key, scout_id);
