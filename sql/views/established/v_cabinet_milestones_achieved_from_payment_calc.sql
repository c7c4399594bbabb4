-- Milestones of the partner's rules that each cabinet driver reached within the window, and when first.
-- Grain and key: (driver_id, milestone_value).
create or replace view ops.v_cabinet_milestones_achieved_from_payment_calc as
select
    driver_id,
    milestone_trips as milestone_value,
    bool_or(milestone_achieved) as achieved_flag,
    min(achieved_date) as achieved_date
from canon.lead_milestones
where rule_scope = 'partner' and origin_tag = 'cabinet'
group by driver_id, milestone_trips;
