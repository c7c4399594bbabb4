-- The list of scouts as it is in the source; see canon.read_module_ct_cabinet_leads.
-- Grain: one row per row of the source.
create or replace function canon.read_module_ct_scouts_list()
returns table (
    transaction_id xid, scout_id integer, name text, raw_name text, is_active boolean, created_at timestamp,
    updated_at timestamp, came_at_local timestamp, came_at timestamptz
)
language sql stable parallel safe
as $$
    select
        nullif(source.xid, '0'::xid), source.scout_id, source.name, source.raw_name, source.is_active,
        canon.as_local_time(source.created_at, zone.timezone), canon.as_local_time(source.updated_at, zone.timezone),
        greatest(canon.as_unzoned(source.created_at), canon.as_unzoned(source.updated_at)),
        greatest(canon.as_zoned(source.created_at), canon.as_zoned(source.updated_at))
    from ops.local_time_zone as zone
    cross join (values (null::xid, null::timestamp, null::timestamp)) as absent (xmin, created_at, updated_at)
    cross join lateral (
        select
            xmin as xid,
            canon.as_integer(scout.scout_id) as scout_id,
            canon.as_text(scout.name) as name,
            canon.as_text(scout.raw_name) as raw_name,
            canon.as_flag(scout.is_active) as is_active,
            created_at,
            updated_at
        from public.module_ct_scouts_list as scout
    ) as source
$$;
