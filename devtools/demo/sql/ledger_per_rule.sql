-- The lead ledger in numbers. Grain and key: attribution_rule.
select
    ledger.attribution_rule,
    count(*) as persons,
    count(ledger.attributed_scout_id) as with_scout
from observational.lead_ledger as ledger
group by ledger.attribution_rule
order by with_scout desc, persons desc, ledger.attribution_rule;
