-- First statement of every step: locks the run's row until the step commits, and refuses a run that is not RUNNING. A
-- locked row shows that the run is alive; a run that was marked as abandoned can write nothing more. The lock is shared
-- among parallel steps of one run.
-- Between start_batch and finish_batch it also refuses a run whose unlogged working tables were emptied by a crash of
-- PostgreSQL: the run would complete without having evaluated its records.
create or replace function ops.hold_run(run_id integer)
returns void
language plpgsql
as $$
declare
    found_status public.runstatus;
    found_error text;
begin
    select run.status, run.error_message into found_status, found_error
    from ops.ingestion_runs as run
    where run.id = hold_run.run_id
    for share;
    if found_status is distinct from 'RUNNING' then
        raise exception 'run % is not running: % (%)', hold_run.run_id, coalesce(found_status::text, 'unknown'),
            coalesce(found_error, 'no error recorded')
            using hint = 'Another run took over, or this one was closed. Start a new run; it goes on where this one stopped.';
    end if;
    if exists (select from ops.run_steps as step where step.run_id = hold_run.run_id and step.step = 'start_batch')
        and not exists (
            select from ops.run_steps as step where step.run_id = hold_run.run_id and step.step = 'finish_batch'
        )
        and not exists (select from canon.batch_this_run as owner where owner.run_id = hold_run.run_id)
    then
        raise exception 'run % lost its batch: PostgreSQL crashed or failed over between two of its steps and '
            'emptied the work tables', hold_run.run_id
            using hint = 'Nothing else is lost. Start a new run; it evaluates the records that this one had in hand.';
    end if;
end
$$;
