-- The finished steps of one run, in the order in which they began, with the rows of the same step in the run before.
-- Grain: one step.
select
    step.step,
    step.started_at,
    step.finished_at,
    step.seconds,
    step.rows_changed,
    before.rows_changed as rows_before
from ops.v_run_steps as step
left join ops.v_run_steps as before
    on before.run_id = %(previous_run_id)s::integer and before.step = step.step
where step.run_id = %(run_id)s::integer
order by step.started_at, step.finished_at, step.step;
