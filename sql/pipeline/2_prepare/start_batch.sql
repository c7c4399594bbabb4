-- The batch of this run: queued records within the run's scope, and driver accounts whose link is to be
-- checked. Records out of scope stay in the queue.
delete from canon.batch_owner;
insert into canon.batch_owner (run_id, started_at)
select %(run_id)s::integer, run.as_of from ops.run_settings(%(run_id)s::integer) as run;

-- what an earlier run left in them
select canon.empty_working_table('canon.evaluation_batch');
select canon.empty_working_table('canon.match_candidates');
select canon.empty_working_table('canon.name_scores');
select canon.empty_working_table('canon.match_decisions');
select canon.empty_working_table('canon.group_persons');
select canon.empty_working_table('canon.person_merges');

insert into canon.evaluation_batch (source_table, source_pk)
select
    queued.source_table,
    queued.source_pk
from canon.evaluation_queue as queued
cross join ops.run_settings(%(run_id)s::integer) as run
where
    queued.source_table = 'drivers'
    or (
        (run.source_tables is null or queued.source_table = any(run.source_tables))
        -- which date a record has is looked up only where the run asks for it
        and (
            coalesce(run.scope_date_from, run.scope_date_to) is null
            or exists (
                select 1 from canon.records_index as record
                where
                    record.source_table = queued.source_table
                    and record.source_pk = queued.source_pk
                    and (run.scope_date_from is null or record.event_date >= run.scope_date_from)
                    and (run.scope_date_to is null or record.event_date <= run.scope_date_to)
            )
        )
    );

analyze canon.evaluation_batch;
