-- One scout. Grain: one currency of it; no row: no list, event, ledger entry or statement has this number.
select scout.*
from ops.v_scouts as scout
where scout.scout_id = %(scout_id)s::integer
order by scout.currency;
