-- When each scout arrived or changed; see canon.arrivals_query.
create or replace view canon.arrivals_of_module_ct_scouts_list as
select
    scout.transaction_id as row_version,
    null::date as business_date,
    null::text as business_text,
    scout.came_at_local,
    scout.came_at
from canon.read_module_ct_scouts_list() as scout;
