-- The state of each source now. Grain and key: source_name. `health_status` is the worst of `states`, all that hold;
-- `due_at` is one expected_cadence after the last load; `rubbish_count` and `duplicate_count` as in
-- ops.v_data_freshness_status.
--   RED_SOURCE_REPLACED  the table is another one than that which was read last; the next run reads it
--   CHECK_FAILED         the source cannot be read; `problem` says why
--   RED_NO_DATA          no row, or a master without any arrival time
--   RED_NO_INGESTION_2D  late, and two local days without a row
--   RED_INGESTION_STALE  more than 18 hours late
--   YELLOW_INGESTION_1D  late by more than the grace (setting), and one local day without a row
--   YELLOW_BUSINESS_LAG  rows arrive, but the newest business day is two days old, or there is none
--   UNKNOWN              optional and never had a row, or not expected (a cadence of 0)
create or replace view ops.v_data_health_status as
select
    health.*,
    coalesce(duplicates.rows_count, 0) as duplicate_count,
    case when health.health_status = 'CHECK_FAILED' then problems.problem end as problem
from ops.v_data_health_status_at(now()) as health
left join ops.source_duplicates_now() as duplicates on duplicates.source_name = health.source_name
left join ops.source_problems_now() as problems on problems.source_name = health.source_name;
