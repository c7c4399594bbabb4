-- The state of each source at a moment, with the figures of its volume. Grain and key: source_name.
select
    health.*,
    coalesce(duplicates.rows_count, 0) as duplicate_count,
    problems.problem,
    problems.code,
    volume.rows_of_day,
    volume.usual_rows,
    volume.least_rows,
    volume.rows_before
from ops.v_data_health_status_at(%(moment)s::timestamptz) as health
inner join ops.measure_sources(%(moment)s::timestamptz) as volume on volume.source_name = health.source_name
left join ops.source_duplicates_now() as duplicates on duplicates.source_name = health.source_name
left join ops.source_problems_now() as problems on problems.source_name = health.source_name;
