-- The person's lead events, oldest first.
select
    event.source_table,
    event.source_pk,
    event.event_date,
    event.scout_id,
    -- asked for by its number: joined, the list of scouts would be read whole
    (select scout.raw_name from ops.v_dim_scouts as scout where scout.scout_id = event.scout_id) as scout_name,
    event.payload_json,
    event.created_at
from ops.v_lead_events as event
where event.person_key = %(person_key)s::uuid
order by event.event_date, event.source_table, event.source_pk;
