-- The attribution of each person and its rule.
-- Grain and key: person_key.
create or replace view ops.v_lead_ledger as
select
    ledger.person_key,
    ledger.attributed_source,
    ledger.attributed_scout_id,
    ledger.attribution_rule,
    ledger.attribution_score,
    ledger.confidence_level::text as confidence_level,
    ledger.decision_status::text as decision_status,
    ledger.evidence_json,
    ledger.conflict_since,
    ledger.updated_at
from observational.lead_ledger as ledger;
