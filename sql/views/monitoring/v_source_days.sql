-- The last six weeks of each source, day by day, with the usual rows of that weekday and how few are too few. Grain and
-- key: (source_name, day); days without rows are included. `rows_arrived`: by local day of arrival, the most that was
-- ever seen; `rows_of_business_day`: rows that are about that day, as they stand now; `usual_rows` and `least_rows` as
-- in ops.v_data_health_status, NULL where too little is known; `is_expected`: a load was due on that day of the week.
create or replace view ops.v_source_days as
select
    source.source_name,
    days.day,
    days.rows_arrived,
    days.rows_of_business_day,
    days.usual_rows,
    days.least_rows,
    days.is_expected,
    days.is_holiday
from ops.source_expectations as source
cross join lateral ops.v_source_days_at(source.source_name, now()) as days;
