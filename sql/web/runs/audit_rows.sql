-- Audit rows of backfills and decisions: what changed, from what to what. Grain: one audit row. Filters: run, what it
-- is about, action.
select audit.*
from ops.v_backfill_audit as audit
where
    (%(run_id)s::integer is null or audit.run_id = %(run_id)s::integer)
    and (%(audited)s::text is null or audit.audited = %(audited)s::text)
    and (%(action_type)s::text is null or audit.action_type = %(action_type)s::text);
