-- How fresh each source is, now: the newest day that its rows are about, the newest row's arrival, and how many rows
-- yesterday and today have, in the local zone. Grain and key: source_name; a source without rows is there, too.
-- `rubbish_count`: rows whose date cannot be read; `rows_dated_ahead`: rows that say they came after tomorrow.
-- Rows that came to a large table in the last ten seconds may be missing.
create or replace view ops.v_data_freshness_status as
select
    health.source_name,
    health.max_business_date,
    health.business_days_lag,
    health.max_ingestion_ts,
    health.ingestion_lag_interval,
    health.rows_business_yesterday,
    health.rows_business_today,
    health.rows_ingested_yesterday,
    health.rows_ingested_today,
    health.last_ingestion_date,
    health.total_rows,
    health.rubbish_count,
    health.rows_dated_ahead
from ops.v_data_freshness_status_at(now()) as health;
