-- Of which moment the lists are that each refresh keeps: payments (ops.v_scout_liquidation), claims
-- (ops.v_yango_collection_list). Grain and key: read_model; no row: there was no refresh yet.
create or replace view ops.v_read_model_refreshes as
select
    kept.read_model,
    kept.refreshed_at,
    kept.run_id
from canon.read_model_refreshes as kept
where isfinite(kept.refreshed_at);
