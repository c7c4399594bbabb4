-- The transaction that last wrote each row of the trips, to find rows loaded since; NULL where rows do not say.
-- Grain: as source_daily_trips.
create or replace view canon.source_trip_versions as
select
    daily.driver_id::varchar as driver_id,
    daily.transaction_id as row_version
from canon.read_summary_daily() as daily;
