-- What each driver account did on a day, as loaded: completed orders and seconds online. trip_date is NULL when
-- date_file is rubbish; such a row counts for nothing. Grain: one row per row of the source; a day may come in parts.
create or replace view canon.source_daily_trips as
select
    daily.driver_id::varchar as driver_id,
    written.trip_date,
    greatest(daily.count_orders_completed, 0) as trips,
    greatest(daily.sum_work_time_seconds, 0)::bigint as work_seconds
from public.summary_daily as daily
-- Few different dates stand in millions of rows. The fence keeps this a join of its own, in which PostgreSQL remembers
-- the dates that it has read (Memoize), instead of reading them anew wherever trip_date is used.
cross join lateral (
    select canon.parse_date_file(file.date_file) as trip_date
    from (values (daily.date_file::text)) as file (date_file)
    order by file.date_file
    offset 0
) as written;
