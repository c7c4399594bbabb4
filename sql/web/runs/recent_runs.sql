-- The runs of the last days, for the calendar, by the local day and hour in which they began. Grain: one run.
select
    run.run_id,
    run.job_type,
    run.status,
    run.started_at,
    run.duration_seconds,
    run.started_at at time zone zone.timezone as local_start
from ops.v_ingestion_runs as run
cross join ops.local_time_zone as zone
where
    run.job_type is not null
    and (run.started_at at time zone zone.timezone)::date
    > (now() at time zone zone.timezone)::date - %(days)s::integer
order by run.started_at, run.run_id;
