-- Persons and amounts of ops.v_scout_liquidation for each combination of what it can be filtered by, and of which
-- moment they are. Grain: one combination.
create or replace view ops.v_scout_liquidation_totals as
select total.*
from canon.scout_payment_totals as total;
