-- Every person without a scout in the ledger, in exactly one category. Grain and key: person_key; cheap to page
-- through in this order, a category that is empty included.
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
    case when events.scouts = 1 then events.scout_id end as scout_id,
    events.source_tables,
    events.origin_tags,
    events.first_event_date,
    events.last_event_date,
    events.event_count
from canon.persons_without_scout as person
left join lateral (
    select
        min(event.scout_id) as scout_id,
        count(distinct event.scout_id) as scouts,
        array_agg(distinct event.source_table) as source_tables,
        array_agg(distinct event.payload_json ->> 'origin_tag') as origin_tags,
        min(event.event_date) as first_event_date,
        max(event.event_date) as last_event_date,
        count(*) as event_count
    from observational.lead_events as event
    where event.person_key = person.person_key
) as events on true;
