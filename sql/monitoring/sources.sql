-- The state of each source at a moment, with the figures of its volume. Grain and key: source_name.
select
    health.*,
    coalesce(duplicates.rows_count, 0) as duplicate_count,
    problems.problem,
    problems.code
from ops.source_health_at(%(moment)s::timestamptz) as health
left join ops.source_duplicates_now() as duplicates on duplicates.source_name = health.source_name
left join ops.source_problems_now() as problems on problems.source_name = health.source_name;
