-- Rows of each source that arrived on each of the last days, the oldest first. Grain: one source and day.
select
    daily.source_name,
    daily.metric_date as day,
    daily.rows_count
from ops.v_data_ingestion_daily as daily
where
    daily.metric_type = 'ingestion'
    and daily.metric_date > (
        select (now() at time zone zone.timezone)::date from ops.local_time_zone as zone
    ) - %(days)s::integer
order by daily.source_name, daily.metric_date;
