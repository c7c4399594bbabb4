-- When each event was written, and which day it is about; see canon.arrivals_query.
create or replace view canon.arrivals_of_lead_events as
select
    event.xmin as row_version,
    event.event_date as business_date,
    null::text as business_text,
    null::timestamp as came_at_local,
    event.created_at as came_at
from observational.lead_events as event;
