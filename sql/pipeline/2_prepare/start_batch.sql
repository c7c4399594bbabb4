-- Start the batch of this run: empty the working tables, then copy the queued records within the run's scope and the
-- queued driver accounts into canon.records_this_run. Records outside the scope stay queued.
-- Grain and key: (source_table, source_pk). Safe to run again: starts from empty tables.
delete from canon.batch_this_run;
insert into canon.batch_this_run (run_id, started_at)
select %(run_id)s::integer, run.as_of from ops.run_settings(%(run_id)s::integer) as run;

select canon.truncate_working_table('canon.records_this_run');
select canon.truncate_working_table('canon.candidates_this_run');
select canon.truncate_working_table('canon.name_scores_this_run');
select canon.truncate_working_table('canon.weighed_candidates_this_run');
select canon.truncate_working_table('canon.decisions_this_run');
select canon.truncate_working_table('canon.account_group_persons_this_run');
select canon.truncate_working_table('canon.person_merges_this_run');

insert into canon.records_this_run (source_table, source_pk)
select
    queued.source_table,
    queued.source_pk
from canon.evaluation_queue as queued
cross join ops.run_settings(%(run_id)s::integer) as run
where
    queued.source_table = 'drivers'
    or (
        (run.source_tables is null or queued.source_table = any(run.source_tables))
        -- event dates are looked up only when the run has a date scope
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

analyze canon.records_this_run;
