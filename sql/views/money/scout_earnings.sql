-- What the deciding lead of each person earns its scout by the rules in force, all milestones together.
-- Grain and key: (person_key, origin_tag, currency), for leads that a scouts' rule pays; a person has one origin here.
-- A filter on person_key reads only that person. milestone_reached is the highest one, milestone_date its day.
create or replace view canon.scout_earnings as
select
    milestone.person_key,
    milestone.origin_tag,
    min(milestone.driver_id) as driver_id,
    min(milestone.lead_date) as lead_date,
    max(milestone.milestone_trips) filter (where milestone.milestone_achieved) as milestone_reached,
    -- the highest milestone is reached last
    max(milestone.achieved_date) as milestone_date,
    bool_or(milestone.achieved_date < milestone.lead_date + 7) as eligible_7d,
    sum(milestone.amount) filter (where milestone.milestone_achieved) as amount,
    max(milestone.payable_date) as payable_date,
    milestone.currency::text as currency
from canon.lead_milestones as milestone
where milestone.rule_scope = 'scout' and milestone.is_deciding_origin
group by milestone.person_key, milestone.origin_tag, milestone.currency;
