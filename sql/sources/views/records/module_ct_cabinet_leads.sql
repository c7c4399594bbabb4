-- Cabinet leads. An external_id longer than an index can hold is replaced by the row's id (ADR 7).
create or replace view canon.records_of_module_ct_cabinet_leads as
select
    (case when lead.has_own_key then lead.external_id else lead.id_text end)::varchar as source_pk,
    lead.id as row_id,
    lead.row_version,
    lead.has_own_key,
    lead.lead_day as event_date,
    lead.lead_time as recorded_at,
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
    lead.came_at_local,
    lead.came_at,
    lead.transaction_id,
    lead.unreadable
from (
    select
        source.*,
        coalesce(octet_length(source.external_id) <= 500, false) as has_own_key
    from canon.read_module_ct_cabinet_leads() as source
) as lead;
