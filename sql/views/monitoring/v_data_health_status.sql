-- The state of each source now. Grain and key: source_name. `health_status` is the worst of `states`, all that hold;
-- `due_at` is one expected_cadence after the last load, of which only the expected days of the week count; `late_by`:
-- since then; `rows_of_day` arrived on `volume_day`, `usual_rows` do so on that weekday, fewer than `least_rows` are
-- too few; `rows_before`: the most rows that it had since the day before; `rubbish_count` and `duplicate_count` as in
-- ops.v_data_freshness_status.
--   RED_SOURCE_REPLACED  the table is another one than that which was read last; the next run reads it
--   CHECK_FAILED         the source cannot be read; `problem` says why
--   RED_SOURCE_EMPTIED   it had rows and has none now
--   RED_NO_DATA          no row, or a master without any arrival time
--   RED_NO_INGESTION_2D  late, and no row for two days: 24 hours late for a daily source
--   RED_INGESTION_STALE  more than 18 hours late
--   YELLOW_VOLUME_DROP   far fewer rows on the last whole day than usual on that weekday, or 40 % of all are gone
--   YELLOW_STAMPS_AHEAD  rows say that they arrived in the future: the loader's clock or time zone is wrong
--   YELLOW_INGESTION_1D  late by more than the grace (setting)
--   YELLOW_BUSINESS_LAG  rows arrive, but of days long past, or without a day
--   UNKNOWN              optional and never had a row, or not expected (a cadence of 0)
create or replace view ops.v_data_health_status as
select
    health.source_name,
    health.source_type,
    health.max_business_date,
    health.business_days_lag,
    health.max_ingestion_ts,
    health.ingestion_lag_interval,
    health.rows_business_yesterday,
    health.rows_business_today,
    health.rows_ingested_yesterday,
    health.rows_ingested_today,
    health.health_status,
    health.severity,
    health.states,
    health.expected_cadence,
    health.due_at,
    health.rubbish_count,
    health.total_rows,
    health.rows_dated_ahead,
    health.is_optional,
    health.checked_at,
    coalesce(duplicates.rows_count, 0) as duplicate_count,
    case when health.health_status = 'CHECK_FAILED' then problems.problem end as problem,
    case when health.due_at is not null then greatest(health.checked_at - health.due_at, interval '0') end as late_by,
    health.volume_day,
    health.rows_of_day,
    health.usual_rows,
    health.least_rows,
    health.rows_before
from ops.source_health_at(now()) as health
left join ops.source_duplicates_now() as duplicates on duplicates.source_name = health.source_name
left join ops.source_problems_now() as problems on problems.source_name = health.source_name;
