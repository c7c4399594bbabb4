-- How fresh each source is now: the newest business day, the newest arrival, and the rows of yesterday and today, in
-- the local time zone. Grain and key: source_name; sources without rows are included. `rubbish_count`: rows whose
-- business date cannot be parsed; `duplicate_count`: rows that count for nothing because the same driver's day was
-- loaded again; `rows_dated_ahead`: rows whose arrival is dated in the future, by more than
-- ten minutes: they do not count as arrived. Rows that were added to a large table in the last ten seconds may be
-- missing.
create or replace view ops.v_data_freshness_status as
select
    health.*,
    coalesce(duplicates.rows_count, 0) as duplicate_count
from ops.v_data_freshness_status_at(now()) as health
left join ops.source_duplicates_now() as duplicates on duplicates.source_name = health.source_name;
