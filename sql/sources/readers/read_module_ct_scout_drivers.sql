-- When pairs of scout and driver arrived in the source; see canon.read_module_ct_cabinet_leads.
-- Grain: one row per row of the source.
create or replace function canon.read_module_ct_scout_drivers()
returns table (transaction_id xid, came_at_local timestamp, came_at timestamptz)
language sql stable parallel safe
as $$
    select
        nullif(source.xid, '0'::xid), source.came_at_local, source.came_at
    from (values (null::xid)) as absent (xmin)
    cross join lateral (
        select
            xmin as xid,
            greatest(canon.as_unzoned(pair.created_at), canon.as_unzoned(pair.updated_at)) as came_at_local,
            greatest(canon.as_zoned(pair.created_at), canon.as_zoned(pair.updated_at)) as came_at
        from public.module_ct_scout_drivers as pair
    ) as source
$$;
