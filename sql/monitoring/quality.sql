-- The health of scout attribution at a moment. One row.
select
    health.state,
    health.reasons,
    health.pct_scout_satisfactory,
    health.conflicts_count,
    health.job_state
from ops.v_scout_attribution_health_at(%(moment)s::timestamptz) as health;
