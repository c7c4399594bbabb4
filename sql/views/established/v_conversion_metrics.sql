-- When each lead connected and reached 1, 5 and 25 trips; see canon.lead_conversions.
-- Grain and key: (person_key, origin_tag).
create or replace view observational.v_conversion_metrics as
select
    person_key,
    origin_tag,
    lead_date,
    scout_id,
    driver_id,
    hire_date,
    first_connection_date,
    first_trip_date,
    trip_1_date,
    trip_5_date,
    trip_25_date,
    time_to_connection_days,
    time_to_1_days,
    time_to_5_days,
    time_to_25_days,
    trips_7d,
    trips_14d,
    trips_30d
from canon.lead_conversions;
