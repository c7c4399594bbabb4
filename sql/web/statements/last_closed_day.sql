-- The last day that a closed period covers; null: no period was closed yet.
select max(period.period_end) as last_closed_day
from ops.v_liquidation_periods as period;
