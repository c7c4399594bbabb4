-- Cabinet leads. Some databases lack created_at: there the unqualified name is the column of `absent`, which is NULL;
-- the next migrate_schema notices a column that was added since. An external_id longer than an index can hold is
-- replaced by the row's id (ADR 7).
create or replace view canon.records_of_module_ct_cabinet_leads as
select
    case when lead.has_own_key then lead.external_id else lead.id::varchar end as source_pk,
    lead.id::bigint as row_id,
    lead.row_version,
    lead.has_own_key,
    lead.lead_created_at::date as event_date,
    lead.lead_created_at as recorded_at,
    lead.name,
    lead.phone,
    null::text as license,
    lead.plate,
    lead.car_model,
    null::varchar as driver_id,
    null::integer as scout_id,
    'cabinet' as origin_tag,
    null::text as acquisition_method,
    null::text as scout_name,
    lead.came_at_local
from (values (null::timestamp)) as absent (created_at)
cross join lateral (
    select
        lead.id,
        lead.external_id,
        lead.xmin as row_version,
        coalesce(octet_length(lead.external_id) <= 500, false) as has_own_key,
        lead.lead_created_at,
        concat_ws(' ', lead.first_name, lead.middle_name, lead.last_name) as name,
        lead.park_phone::text as phone,
        lead.asset_plate_number::text as plate,
        lead.asset_model::text as car_model,
        coalesce(created_at::timestamp, lead.lead_created_at::timestamp) as came_at_local -- noqa: RF03
    from public.module_ct_cabinet_leads as lead
) as lead;
