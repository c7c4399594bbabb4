-- One closed period; no row: there is none with this number.
select period.*
from ops.v_liquidation_periods as period
where period.period_id = %(period_id)s::integer;
