-- Persons with a scout in the ledger. Grain: one person. Filters: scout, rule.
select
    ledger.person_key,
    ledger.attributed_scout_id as scout_id,
    ledger.attributed_source,
    ledger.attribution_rule,
    ledger.decision_status,
    ledger.updated_at
from ops.v_lead_ledger as ledger
where
    ledger.attributed_scout_id is not null
    and (%(scout_id)s::integer is null or ledger.attributed_scout_id = %(scout_id)s::integer)
    and (%(attribution_rule)s::text is null or ledger.attribution_rule = %(attribution_rule)s::text);
