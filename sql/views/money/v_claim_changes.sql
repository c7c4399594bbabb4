-- Claims on the partner that the last refresh changed: appeared, disappeared, or with another date, amount, currency
-- or account. That is the newest run that changed any, and what decisions changed since; ops.v_claim_change_history has
-- all. Grain and key: change_id.
create or replace view ops.v_claim_changes as
select history.*
from ops.v_claim_change_history as history
where history.is_of_last_refresh;
