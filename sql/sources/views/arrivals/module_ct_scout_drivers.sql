-- When each pair of scout and driver arrived; see canon.arrivals_query.
create or replace view canon.arrivals_of_module_ct_scout_drivers as
select
    pair.transaction_id as row_version,
    null::date as business_date,
    null::text as business_text,
    pair.came_at_local,
    pair.came_at
from canon.read_module_ct_scout_drivers() as pair;
