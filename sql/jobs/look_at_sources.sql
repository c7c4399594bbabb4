-- What a run of a job finds before it begins, one row per obstacle (canon.source_problems) of a table that the job
-- reads, or per table that was replaced (problem NULL).
select
    problem.table_name,
    problem.column_name,
    problem.found,
    problem.types_understood
from canon.source_problems() as problem
where
    problem.table_name <> 'module_ct_scout_drivers' -- read by the health check alone
    and (
        %(job_type)s::text <> 'identity_run' -- the other job's checks read all of them
        or problem.table_name = 'drivers'
        or exists (select from canon.record_sources as record where record.source_table = problem.table_name)
    )
union all
select
    replaced.table_name,
    null,
    null,
    null
from canon.replaced_sources as replaced;
