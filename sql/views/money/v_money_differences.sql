-- Where ops.v_payment_calculation, as this database defines it, makes another amount payable than the rules that this
-- package follows everywhere (canon.lead_milestones): a database that had its own money views keeps them, faults
-- included. Empty where the view is the package's own.
-- Grain and key: (person_key, origin_tag, rule_scope, milestone_trips, currency).
create or replace view ops.v_money_differences as
with theirs as (
    select
        calculated.person_key,
        calculated.origin_tag::text as origin_tag,
        calculated.rule_scope::text as rule_scope,
        calculated.milestone_trips,
        calculated.currency::text as currency,
        sum(calculated.amount)::numeric as amount
    from ops.v_payment_calculation as calculated
    where calculated.is_payable
    group by
        calculated.person_key, calculated.origin_tag, calculated.rule_scope, calculated.milestone_trips,
        calculated.currency
),

ours as (
    select
        milestone.person_key,
        milestone.origin_tag,
        milestone.rule_scope,
        milestone.milestone_trips,
        milestone.currency::text as currency,
        sum(milestone.amount)::numeric as amount
    from canon.lead_milestones as milestone
    where milestone.is_payable
    group by
        milestone.person_key, milestone.origin_tag, milestone.rule_scope, milestone.milestone_trips, milestone.currency
)

select
    person_key,
    origin_tag,
    rule_scope,
    milestone_trips,
    currency,
    coalesce(theirs.amount, 0) as their_amount,
    coalesce(ours.amount, 0) as our_amount,
    coalesce(theirs.amount, 0) - coalesce(ours.amount, 0) as difference
from theirs
full join ours using (person_key, origin_tag, rule_scope, milestone_trips, currency)
where coalesce(theirs.amount, 0) <> coalesce(ours.amount, 0);
