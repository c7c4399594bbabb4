-- One event per source record with a date.
-- Grain and key: (source_table, source_pk).
create or replace view ops.v_lead_events as
select
    event.source_table,
    event.source_pk,
    event.event_date,
    event.person_key,
    event.scout_id,
    event.payload_json,
    event.created_at
from observational.lead_events as event;
