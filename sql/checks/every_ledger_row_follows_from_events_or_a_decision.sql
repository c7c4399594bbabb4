-- A ledger row that follows neither from the person's events nor from a human decision, with the scout and state that
-- it should have: it was written by hand. Decide with resolve_scout_conflict instead.
-- Key: person_key.
select
    unfounded.person_key,
    unfounded.attributed_scout_id,
    unfounded.attribution_rule,
    unfounded.decision_status,
    unfounded.expected_scout_id,
    unfounded.expected_status
from ops.v_unfounded_ledger_rows as unfounded;
