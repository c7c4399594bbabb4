-- Every scout's number and name. Grain: one scout.
select
    number.scout_id,
    number.scout_name,
    number.is_active
from ops.v_scout_numbers as number
order by number.scout_id;
