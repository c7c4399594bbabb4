-- The health of scout attribution now. One row. `state` is the worst of three: persons with a satisfactory scout (OK
-- from 80 %, WARN from 50 %, else FAIL), open conflicts (OK up to 50, WARN up to 100, else FAIL), and the job (its
-- severity in ops.v_pipeline_health). `reasons`: what keeps it from OK, worst first; those of the job are its states.
create or replace view ops.v_scout_attribution_health as
select health.*
from ops.v_scout_attribution_health_at(now()) as health;
