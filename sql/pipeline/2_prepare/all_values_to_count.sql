-- Every value of one kind that more carry than is above suspicion, and those that are hot, into
-- pg_temp.values_to_count. Reads both indexes once: cheaper than looking up each value of touched_values_to_count when
-- much has changed, as on a first load; the outcome is the same.
create temporary table values_to_count on commit drop as
select carrier.value
from canon.value_carriers as carrier
where carrier.kind = %(kind)s
group by carrier.value
having count(*) > %(limit)s
union
select hot.value
from canon.shared_values as hot
where hot.kind = %(kind)s;

analyze values_to_count;
