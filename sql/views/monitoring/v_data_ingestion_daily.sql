-- Rows of each source per day, the last 90 days and today: by the day that they are about (metric_type `business`) and
-- by the local day on which they came (`ingestion`). Key: source_name, metric_type, metric_date; days without rows are
-- not listed.
create or replace view ops.v_data_ingestion_daily as
select
    health.source_name,
    health.metric_type,
    health.metric_date,
    health.rows_count
from ops.v_data_ingestion_daily_at(now()) as health;
