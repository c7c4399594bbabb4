-- Records of each scout per month and source, by their date. `persons`: the persons that they were linked to.
-- Grain and key: (scout_id, month, source_table). A filter on scout_id reads only that scout's events.
create or replace view ops.v_scout_months as
select
    event.scout_id,
    date_trunc('month', event.event_date::timestamp)::date as month,
    event.source_table::text as source_table,
    count(*) as records,
    count(distinct event.person_key) as persons
from observational.lead_events as event
where event.scout_id is not null
group by event.scout_id, date_trunc('month', event.event_date::timestamp)::date, event.source_table;
