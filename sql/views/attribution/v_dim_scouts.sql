-- Scouts, one row each.
-- Grain and key: scout_id.
create or replace view ops.v_dim_scouts as
select
    scout.scout_id,
    scout.raw_name,
    upper(btrim(regexp_replace(scout.raw_name, '\s+', ' ', 'g')))::varchar as scout_name_normalized,
    scout.is_active,
    scout.created_at,
    scout.updated_at
from canon.source_scouts as scout;
