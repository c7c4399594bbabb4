-- Quality of attribution and state of the refresh. One row.
select
    health.state,
    health.reasons,
    health.pct_scout_satisfactory,
    health.conflicts_count,
    health.total_persons,
    health.persons_with_scout_satisfactory,
    health.job_state,
    health.job_severity,
    health.last_completed_at,
    health.checked_at
from ops.v_scout_attribution_health as health;
