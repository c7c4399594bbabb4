-- Names of some scouts. Grain: one scout; one that the list does not know has no row.
select
    scout.scout_id,
    scout.raw_name as scout_name
from ops.v_dim_scouts as scout
where scout.scout_id = any(%(scout_ids)s::integer[]);
