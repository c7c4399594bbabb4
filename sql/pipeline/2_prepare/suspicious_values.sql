-- Those of pg_temp.values_to_count that more carry than is above suspicion, with the names that carry them and the
-- number of driver accounts, into pg_temp.suspicious_values.
create temporary table suspicious_values on commit drop as
select
    counted.value,
    count(*) filter (where carrier.source_table = 'drivers') as driver_accounts,
    array_agg(distinct carrier.name order by carrier.name) filter (where carrier.name is not null) as names
from values_to_count as counted
inner join canon.value_carriers as carrier on carrier.value = counted.value
where carrier.kind = %(kind)s
group by counted.value
having count(*) > %(limit)s;
