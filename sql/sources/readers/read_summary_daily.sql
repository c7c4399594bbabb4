-- Completed orders and online seconds per driver account and day, as loaded; see canon.read_module_ct_cabinet_leads. A
-- row whose count is no whole number has no day, and counts for nothing.
-- Grain: one row per row of the source.
create or replace function canon.read_summary_daily()
returns table (
    transaction_id xid, row_place tid, driver_id text, day_text text, trips integer, work_seconds bigint,
    loaded_at timestamp, came_at_local timestamp, came_at timestamptz
)
language sql stable parallel safe
as $$
    select
        nullif(source.xid, '0'::xid), canon.row_place(source.xid, source.tid, source.content), source.driver_id,
        source.day_text, source.trips, source.work_seconds, source.loaded_at, source.came_at_local, source.came_at
    from (values (null::xid, null::tid)) as absent (xmin, ctid)
    cross join lateral (
        select
            xmin as xid,
            ctid as tid,
            daily::text as content,
            canon.as_text(daily.driver_id) as driver_id,
            case
                when daily.count_orders_completed is null or canon.as_integer(daily.count_orders_completed) is not null
                    then canon.as_day_text(daily.date_file, (select zone.timezone from ops.local_time_zone as zone))
                else ''
            end as day_text,
            canon.as_integer(daily.count_orders_completed) as trips,
            canon.as_seconds(daily.sum_work_time_seconds) as work_seconds,
            canon.as_local_time(daily.created_at, (select zone.timezone from ops.local_time_zone as zone))
                as loaded_at,
            canon.as_unzoned(daily.created_at) as came_at_local,
            canon.as_zoned(daily.created_at) as came_at
        from public.summary_daily as daily
    ) as source
$$;
