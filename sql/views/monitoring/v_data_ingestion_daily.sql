-- Rows of each source per day, for today and the 90 days before: by business day (metric_type `business`) and by local
-- day of arrival (`ingestion`). Key: source_name, metric_type, metric_date; days without rows are missing.
create or replace view ops.v_data_ingestion_daily as
select health.*
from ops.v_data_ingestion_daily_at(now()) as health;
