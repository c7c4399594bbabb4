-- A person with its ledger row, links and events as one value, to be kept before a merge.
-- Grain and key: person_key.
create or replace view canon.person_states as
select
    person.person_key,
    jsonb_build_object(
        'person', to_jsonb(person),
        'ledger', to_jsonb(ledger),
        'link_rows', (
            select coalesce(jsonb_agg(to_jsonb(link)), '[]')
            from canon.identity_links as link where link.person_key = person.person_key
        ),
        'event_rows', (
            select coalesce(
                jsonb_agg(jsonb_build_object(
                    'id', event.id, 'source_table', event.source_table, 'source_pk', event.source_pk
                )), '[]'
            )
            from observational.lead_events as event where event.person_key = person.person_key
        )
    ) as state
from canon.identity_registry as person
left join observational.lead_ledger as ledger on ledger.person_key = person.person_key;
