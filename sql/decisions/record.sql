-- The current state of a record: its link with the person, unmatched entry, contested entry, and the person of its
-- event. One row, also for an unknown record.
select
    record.source_pk is not null or link.source_pk is not null or unmatched.source_pk is not null as is_known,
    to_jsonb(link) as link,
    to_jsonb(unmatched) as unmatched,
    to_jsonb(contested) as contested,
    event.person_key::text as event_person_key,
    to_jsonb(person) as person
from (values (%(source_table)s::varchar, %(source_pk)s::varchar)) as asked (source_table, source_pk)
left join canon.records_index as record using (source_table, source_pk)
left join canon.identity_links as link using (source_table, source_pk)
left join canon.identity_unmatched as unmatched using (source_table, source_pk)
left join canon.identity_contested as contested using (source_table, source_pk)
left join observational.lead_events as event using (source_table, source_pk)
left join canon.identity_registry as person on person.person_key = link.person_key;
