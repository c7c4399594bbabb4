-- Scouts; see canon.read_module_ct_scouts_list_current. Grain and key: scout_id.
create or replace view canon.source_scouts as
select
    scout.scout_id,
    scout.raw_name,
    scout.is_active,
    scout.created_at,
    scout.updated_at
from canon.read_module_ct_scouts_list_current() as scout;
