-- Every person without a scout in the ledger, in exactly one category. Grain and key: person_key. Cheap to page through
-- in the order of person_key, event_count or one of the dates, of one category (empty or not) or of all.
--   D  SCOUT_EN_EVENTOS_NO_PROPAGADO  a scout stands in its events, but not in the ledger
--   A  EVENTOS_SIN_SCOUT              it has events, none with a scout
--   C  LEGACY                         it has no events
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
    events.source_tables,
    events.origin_tags,
    person.first_event_date,
    person.last_event_date,
    person.event_count
from canon.persons_without_scout as person
left join lateral (
    select
        array_agg(distinct event.source_table) as source_tables,
        array_agg(distinct event.payload_json ->> 'origin_tag') as origin_tags
    from observational.lead_events as event
    where event.person_key = person.person_key
) as events on true;
