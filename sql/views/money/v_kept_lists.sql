-- Of which moment the lists are that each refresh keeps: payments (ops.v_scout_liquidation), claims
-- (ops.v_yango_collection_list). Grain and key: list_name; no row: there was no refresh yet.
create or replace view ops.v_kept_lists as
select
    kept.list_name,
    kept.kept_at,
    kept.run_id
from canon.kept_lists as kept;
