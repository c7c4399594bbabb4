-- Whether scout attribution is all right, now. One row. OK, WARN or FAIL is the worst of three: persons with a
-- satisfactory scout (from 80 % on OK, from 50 % on WARN), open conflicts (up to 50 OK, up to 100 WARN), and the job
-- (its severity in ops.v_pipeline_health, YELLOW is WARN). `reasons`: what keeps it from OK, worst first; the job's are
-- its states.
create or replace view ops.v_scout_attribution_health as
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
from ops.v_scout_attribution_health_at(now()) as health;
