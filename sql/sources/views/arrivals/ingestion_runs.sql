-- When each run completed, and up to which day it looked; see canon.arrivals_query. Only completed runs count.
create or replace view canon.arrivals_of_ingestion_runs as
select
    run.xmin as row_version,
    coalesce(run.scope_date_to, (run.completed_at at time zone zone.timezone)::date) as business_date,
    null::text as business_text,
    null::timestamp as came_at_local,
    run.completed_at as came_at
from ops.ingestion_runs as run
cross join (select settings.timezone from ops.health_settings as settings) as zone
where run.status = 'COMPLETED';
