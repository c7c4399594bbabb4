-- Why the scout of a person's events is not in the ledger: a conflict, a human decided so, or a run that is to come.
-- Grain and key: person_key.
select
    ledger.person_key,
    case
        when ledger.decision_status = 'conflict' then 'CONFLICT'
        when ledger.attribution_rule = 'MANUAL' then 'DECIDED'
        else 'NEXT_RUN'
    end as state
from ops.v_lead_ledger as ledger
where ledger.person_key = any(%(person_keys)s::uuid[]);
