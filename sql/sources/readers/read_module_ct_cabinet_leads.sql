-- Cabinet leads as they are in the source, each column in the type that we use (canon.as_text). No object depends on
-- the table: its name, columns and types are looked up when a query is planned, and the function is inlined there (ADR
-- 25). Columns and rows that some databases lack are NULL: an unqualified name resolves to that of `absent` then.
-- Grain: one row per row of the source.
create or replace function canon.read_module_ct_cabinet_leads()
returns table (
    row_version xid, transaction_id xid, id bigint, id_text text, external_id text, lead_day date, lead_time timestamp,
    name text, phone text, plate text, car_model text, came_at_local timestamp, came_at timestamptz, unreadable text[]
)
language sql stable parallel safe
as $$
    select
        canon.row_version(source.xid, source.content), nullif(source.xid, '0'::xid), source.id, source.id_text,
        source.external_id, source.lead_day, source.lead_time, source.name, source.phone, source.plate,
        source.car_model, source.came_at_local, source.came_at, source.unreadable
    from (values (null::xid, null::timestamp)) as absent (xmin, created_at)
    cross join lateral (
        select
            xmin as xid,
            lead::text as content,
            canon.as_row_id(lead.id) as id,
            canon.as_text(lead.id) as id_text,
            canon.as_text(lead.external_id) as external_id,
            canon.as_day(lead.lead_created_at, (select zone.timezone from ops.local_time_zone as zone)) as lead_day,
            canon.as_local_time(lead.lead_created_at, (select zone.timezone from ops.local_time_zone as zone))
                as lead_time,
            concat_ws(
                ' ', canon.as_text(lead.first_name), canon.as_text(lead.middle_name), canon.as_text(lead.last_name)
            ) as name,
            canon.as_text(lead.park_phone) as phone,
            canon.as_text(lead.asset_plate_number) as plate,
            canon.as_text(lead.asset_model) as car_model,
            coalesce(
                canon.as_unzoned(created_at),
                case when canon.as_zoned(created_at) is null then canon.as_unzoned(lead.lead_created_at) end
            ) as came_at_local,
            coalesce(
                canon.as_zoned(created_at),
                case when canon.as_unzoned(created_at) is null then canon.as_zoned(lead.lead_created_at) end
            ) as came_at,
            case
                when
                    lead.lead_created_at is not null
                    and canon.as_unzoned(lead.lead_created_at) is null
                    and canon.as_zoned(lead.lead_created_at) is null
                    then array['lead_created_at']
            end as unreadable
        from public.module_ct_cabinet_leads as lead
    ) as source
$$;
