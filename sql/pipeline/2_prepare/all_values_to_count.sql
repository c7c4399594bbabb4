-- All values of one kind with more carriers than the limit, and those now in canon.shared_values. Reads both indexes
-- once: cheaper than dirty_values_to_count.sql when much has changed, as on a first load. The result of the step is the
-- same.
-- Grain and key: value. Leaves: values_to_count_this_step.
create temporary table values_to_count_this_step on commit drop as
select carrier.value
from canon.value_carriers as carrier
where carrier.kind = %(kind)s and carrier.value is not null
group by carrier.value
having count(*) > %(limit)s
union
select shared.value
from canon.shared_values as shared
where shared.kind = %(kind)s;

analyze values_to_count_this_step;
