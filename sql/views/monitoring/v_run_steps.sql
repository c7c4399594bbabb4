-- The finished steps of each run: when each began and ended, the rows that it wrote and what it counted. A repeated
-- step shows its last attempt. Grain and key: (run_id, step).
create or replace view ops.v_run_steps as
select
    step.run_id,
    step.step,
    step.finished_at - make_interval(secs => step.seconds::float8) as started_at,
    step.finished_at,
    step.seconds::float8 as seconds,
    step.rows_changed,
    step.detail
from ops.run_steps as step;
