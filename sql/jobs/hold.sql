-- Locks the run for this transaction; see ops.hold_run.
select ops.hold_run(%(run_id)s::integer);
