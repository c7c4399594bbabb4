-- Every person without a scout in the ledger, in exactly one category. Grain and key: person_key. Cheap to page through
-- in the order of person_key, event_count or one of the dates, of one category (empty or not) or of all.
--   D  SCOUT_EN_EVENTOS_NO_PROPAGADO  a scout stands in its events, but not in the ledger
--   A  EVENTOS_SIN_SCOUT              it has events, none with a scout
--   C  LEGACY                         it has no events
-- The two lists are looked up person by person, for the rows that are shown: a join would be made before they are put
-- in order.
create or replace view ops.v_persons_without_scout_categorized as
select
    person.person_key,
    person.category,
    case person.category
        when 'C' then 'LEGACY'
        when 'D' then 'SCOUT_EN_EVENTOS_NO_PROPAGADO'
        else 'EVENTOS_SIN_SCOUT'
    end as category_label,
    person.scout_id,
    (
        select array_agg(distinct event.source_table)
        from observational.lead_events as event
        where event.person_key = person.person_key
    ) as source_tables,
    (
        select array_agg(distinct event.payload_json ->> 'origin_tag')
        from observational.lead_events as event
        where event.person_key = person.person_key
    ) as origin_tags,
    person.first_event_date,
    person.last_event_date,
    person.event_count
from canon.persons_without_scout as person;
