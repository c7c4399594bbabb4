-- When each row of the trips arrived, and which day it is about; see canon.arrivals_query.
create or replace view canon.arrivals_of_summary_daily as
select
    daily.transaction_id as row_version,
    null::date as business_date,
    coalesce(daily.day_text, '') as business_text,
    daily.came_at_local,
    daily.came_at
from canon.read_summary_daily() as daily;
