-- Whom the person is attributed to, and by which rule.
select
    ledger.attributed_source,
    ledger.attributed_scout_id,
    -- asked for by its number: joined, the list of scouts would be read whole
    (
        select scout.raw_name from ops.v_dim_scouts as scout where scout.scout_id = ledger.attributed_scout_id
    ) as scout_name,
    ledger.attribution_rule,
    ledger.attribution_score,
    ledger.confidence_level,
    ledger.decision_status,
    ledger.evidence_json,
    ledger.conflict_since,
    ledger.updated_at
from ops.v_lead_ledger as ledger
where ledger.person_key = %(person_key)s::uuid;
