-- Rows that scouts wrote down in the street.
create or replace view canon.records_of_module_ct_scouting_daily as
select
    scouting.id_text::varchar as source_pk,
    scouting.id as row_id,
    scouting.row_version,
    true as has_own_key,
    scouting.registered_on as event_date,
    canon.plausible_date(scouting.registered_on)::timestamp as recorded_at,
    scouting.name,
    scouting.phone,
    scouting.license,
    null::text as plate,
    null::text as car_model,
    null::varchar as driver_id,
    scouting.scout_id,
    'cabinet' as origin_tag,
    scouting.acquisition_method,
    null::text as scout_name,
    scouting.came_at_local,
    scouting.came_at,
    scouting.transaction_id,
    scouting.unreadable
from canon.read_module_ct_scouting_daily() as scouting;
