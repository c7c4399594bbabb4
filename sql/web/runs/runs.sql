-- Runs of the two jobs. Grain: one run. Filters: job, status, local day on which it began.
select run.*
from ops.v_ingestion_runs as run
where
    (%(job_type)s::text is null or run.job_type = %(job_type)s::text)
    and (%(status)s::text is null or run.status = %(status)s::text)
    and (
        %(day)s::date is null
        or (run.started_at at time zone (select zone.timezone from ops.local_time_zone as zone))::date = %(day)s::date
    );
