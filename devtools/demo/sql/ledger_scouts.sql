-- The scout of each person, 0 for nobody. Grain and key: person_key.
select
    ledger.person_key::text as person_key,
    coalesce(ledger.attributed_scout_id, 0) as scout_id
from observational.lead_ledger as ledger;
