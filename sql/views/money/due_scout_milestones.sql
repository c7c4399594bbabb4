-- The milestones that scouts are due now: what canon.scout_payment_milestones keeps as of the last refresh.
-- Grain and key: (person_key, rule_id). A person of ops.v_scout_payment_base that is blocked has none: nobody is its
-- scout, it has no account that counts, or no rule pays. A filter on person_key reads only that person.
create or replace view canon.due_scout_milestones as
select
    milestone.person_key,
    milestone.rule_id,
    milestone.scout_id,
    milestone.origin_tag,
    milestone.milestone_trips,
    milestone.driver_id::text as driver_id,
    milestone.currency::text as currency,
    milestone.amount,
    milestone.lead_date,
    milestone.achieved_date,
    milestone.payable_date
from canon.lead_milestones as milestone
where milestone.rule_scope = 'scout' and milestone.is_payable;
