-- The job of a run; NULL if there is no such run. One row.
select
    run.id,
    run.job_type::text as job_type
from (values (%(run_id)s::integer)) as asked (run_id)
left join ops.ingestion_runs as run on run.id = asked.run_id;
