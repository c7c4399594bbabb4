-- Rows that scouts wrote down in the street.
create or replace view canon.records_of_module_ct_scouting_daily as
select
    scouting.id::varchar as source_pk,
    scouting.id::bigint as row_id,
    scouting.xmin as row_version,
    true as has_own_key,
    scouting.registration_date as event_date,
    canon.plausible_date(scouting.registration_date)::timestamp as recorded_at,
    scouting.driver_name::text as name,
    scouting.driver_phone::text as phone,
    scouting.driver_license::text as license,
    null::text as plate,
    null::text as car_model,
    null::varchar as driver_id,
    scouting.scout_id,
    'cabinet' as origin_tag,
    scouting.acquisition_method::text as acquisition_method,
    null::text as scout_name,
    scouting.created_at::timestamp as came_at_local
from public.module_ct_scouting_daily as scouting;
