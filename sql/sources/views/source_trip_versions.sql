-- The transaction that last wrote each row of the trips, to find rows loaded since.
-- Grain: as source_daily_trips.
create or replace view canon.source_trip_versions as
select
    daily.driver_id::varchar as driver_id,
    daily.xmin as row_version
from public.summary_daily as daily;
