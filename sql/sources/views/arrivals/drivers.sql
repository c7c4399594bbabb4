-- When each driver account arrived or changed; see canon.arrivals_query.
create or replace view canon.arrivals_of_drivers as
select
    driver.transaction_id as row_version,
    null::date as business_date,
    null::text as business_text,
    driver.came_at_local,
    driver.came_at
from canon.read_drivers() as driver;
