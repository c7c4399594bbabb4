-- The open conflict of a person; no row: there is none, or a human has decided.
select
    conflict.person_key,
    conflict.scout_ids,
    conflict.ledger_scout_id,
    conflict.since,
    conflict.age_days,
    conflict.conflict_reason
from ops.v_scout_attribution_conflicts as conflict
where conflict.person_key = %(person_key)s::uuid;
