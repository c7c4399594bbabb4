-- Runs of the two jobs. Grain: one run. Filters: job, status.
select run.*
from ops.v_ingestion_runs as run
where
    (%(job_type)s::text is null or run.job_type = %(job_type)s::text)
    and (%(status)s::text is null or run.status = %(status)s::text);
