-- Persons without a scout in the ledger, each in exactly one category. Indexed for paging by person_key, event_count or
-- one of the dates, per category and overall.
--   D  SCOUT_EN_EVENTOS_NO_PROPAGADO  a scout in the events, but not in the ledger
--   A  EVENTOS_SIN_SCOUT              events, but none with a scout
--   C  LEGACY                         no events
-- The two arrays are subqueries, computed only for the rows shown; joins would be computed before sorting.
-- Grain and key: person_key.
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
