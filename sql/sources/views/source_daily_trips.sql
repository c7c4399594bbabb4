-- Completed orders and online seconds per driver account and day, as loaded. trip_date is NULL if date_file is no date;
-- such a row counts for nothing. A day that was loaded again has several versions, whatever the notation of its date;
-- of the rows of one (driver_id, trip_date, part) the newest counts: the first by loaded_at desc nulls last, row_age
-- (of its transaction), row_place desc. part is NULL, unless a setting says that a loader splits days: then each row is
-- a part of its own, and they are added.
-- Grain: one row per row of the source.
create or replace view canon.source_daily_trips as
select
    daily.driver_id::varchar as driver_id,
    written.trip_date,
    greatest(daily.trips, 0) as trips,
    greatest(daily.work_seconds, 0) as work_seconds,
    daily.loaded_at,
    age(daily.transaction_id) as row_age,
    daily.row_place,
    case when (select setting.come_in_parts from canon.trip_day_settings as setting) then daily.row_place end as part
from canon.read_summary_daily() as daily
-- Millions of rows hold few distinct dates. OFFSET 0 keeps this a separate join, so that PostgreSQL memoizes the parsed
-- dates instead of parsing them wherever trip_date is used.
cross join lateral (
    select canon.parse_date_file(file.date_file) as trip_date
    from (values (daily.day_text)) as file (date_file)
    order by file.date_file
    offset 0
) as written;
