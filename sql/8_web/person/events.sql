-- The person's lead events, oldest first.
select
    event.source_table,
    event.source_pk,
    event.event_date,
    event.scout_id,
    scout.raw_name as scout_name,
    event.payload_json,
    event.created_at
from ops.v_lead_events as event
left join ops.v_dim_scouts as scout on scout.scout_id = event.scout_id
where event.person_key = %(person_key)s::uuid
order by event.event_date, event.source_table, event.source_pk;
