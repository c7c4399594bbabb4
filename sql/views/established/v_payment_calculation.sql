-- Each lead evaluated against each payment rule: whether the milestone was reached, and what is payable when. See
-- canon.lead_milestones.
-- Grain and key: (person_key, origin_tag, rule_scope, rule_id).
create or replace view ops.v_payment_calculation as
select
    person_key,
    origin_tag,
    scout_id,
    driver_id,
    lead_date,
    rule_id,
    rule_scope,
    milestone_trips,
    window_days,
    currency,
    amount,
    rule_valid_from,
    rule_valid_to,
    milestone_achieved,
    achieved_date,
    achieved_trips_in_window,
    is_payable,
    payable_date,
    payment_scheme
from canon.lead_milestones;
