-- The state of each source at a moment. Grain and key: source_name.
select
    health.*,
    coalesce(duplicates.rows_count, 0) as duplicate_count
from ops.v_data_health_status_at(%(moment)s::timestamptz) as health
left join ops.source_duplicates_now() as duplicates on duplicates.source_name = health.source_name;
