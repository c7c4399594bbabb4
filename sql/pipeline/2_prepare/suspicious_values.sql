-- Values with more carriers than the limit, with the distinct names of their carriers and the number of driver
-- accounts.
-- Grain and key: value. Reads: values_to_count_this_step. Leaves: suspicious_values_this_step.
create temporary table suspicious_values_this_step on commit drop as
select
    counted.value,
    count(*) filter (where carrier.source_table = 'drivers') as driver_accounts,
    array_agg(distinct carrier.name order by carrier.name) filter (where carrier.name is not null) as names
from values_to_count_this_step as counted
inner join canon.value_carriers as carrier on carrier.value = counted.value
where carrier.kind = %(kind)s
group by counted.value
having count(*) > %(limit)s;
