-- The earliest closed period that has a day in common with some days; no row: there is none.
select period.*
from ops.v_liquidation_periods as period
where period.period_start <= %(period_end)s::date and period.period_end >= %(period_start)s::date
order by period.period_start
limit 1;
