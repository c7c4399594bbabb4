-- Trips of each driver account per day. Of several versions of a day the newest counts (see canon.source_daily_trips).
-- Ask for few accounts at a time: the source is read. Grain and key: (driver_id, trip_date).
create or replace view ops.v_driver_daily_trips as
select
    daily.driver_id,
    daily.trip_date,
    sum(daily.trips)::bigint as trips
from (
    select
        loaded.driver_id,
        loaded.trip_date,
        loaded.trips,
        row_number() over (
            partition by loaded.driver_id, loaded.trip_date, loaded.part
            order by loaded.loaded_at desc nulls last, loaded.row_age, loaded.row_place desc
        ) as version
    from canon.source_daily_trips as loaded
    where loaded.trip_date is not null
) as daily
where daily.version = 1
group by daily.driver_id, daily.trip_date;
