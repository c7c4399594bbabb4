-- Each lead measured by each rule in force on its lead date.
-- Grain and key: (person_key, origin_tag, rule_scope, rule_id).
-- A milestone is reached when that many trips were made within [lead_date, lead_date + window_days), whatever other
-- rules there are. Leads of quarantined driver accounts are left out.
-- is_payable: the partner owes what was reached; for a scout's bonus the scout must also be known. payable_date is
-- what was agreed: with the partner 14 days later, with the scouts 7, for migrations 30.
create or replace view canon.lead_milestones as
with rules as materialized (
    select rule.*
    from canon.payment_rules_in_force as rule
),

measured as (
    select
        lead.person_key,
        lead.origin_tag,
        lead.scout_id,
        lead.driver_id,
        lead.lead_date,
        lead.is_deciding_origin,
        rule.rule_scope,
        rule.rule_id,
        rule.milestone_trips,
        rule.window_days,
        rule.currency,
        rule.amount,
        rule.valid_from,
        rule.valid_to,
        progress.reached_on,
        progress.trips_in_window
    from canon.lead_conversions as lead
    -- Kept apart, so that the few rules are looked at for each lead: joined as equals, all leads are measured anew for
    -- each rule.
    cross join lateral (
        select rules.*
        from rules
        where rules.origin_tag = lead.origin_tag and rules.in_force @> lead.lead_date
        offset 0 -- noqa: AM09
    ) as rule
    -- OFFSET 0: planned once, however often these columns are used
    cross join lateral (
        select
            case rule.milestone_trips
                when 1 then lead.trip_1_date
                when 5 then lead.trip_5_date
                when 25 then lead.trip_25_date
                else (
                    select min(day.trip_date)
                    from (
                        select
                            daily.trip_date,
                            sum(daily.trips) over (order by daily.trip_date) as total_trips
                        from canon.person_daily_trips as daily
                        where daily.person_key = lead.person_key and daily.trip_date >= lead.lead_date
                    ) as day
                    where day.total_trips >= rule.milestone_trips
                )
            end as reached_on,
            case rule.window_days
                when 7 then lead.trips_7d
                when 14 then lead.trips_14d
                when 30 then lead.trips_30d
                else (
                    select coalesce(sum(daily.trips), 0)
                    from canon.person_daily_trips as daily
                    where
                        daily.person_key = lead.person_key
                        and daily.trip_date >= lead.lead_date
                        and daily.trip_date < lead.lead_date + rule.window_days
                )
            end as trips_in_window
        from (values (lead.person_key)) as one (person_key)
        offset 0 -- noqa: AM09
    ) as progress
    where not lead.is_quarantined
),

final as (
    select
        measured.*,
        case
            when measured.reached_on < measured.lead_date + measured.window_days then measured.reached_on
        end as achieved_date
    from measured
)

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
    valid_from as rule_valid_from,
    valid_to as rule_valid_to,
    achieved_date is not null as milestone_achieved,
    achieved_date,
    trips_in_window as achieved_trips_in_window,
    achieved_date is not null
    and (rule_scope = 'partner' or (scout_id is not null and is_deciding_origin)) as is_payable,
    achieved_date
    + case when rule_scope = 'partner' then 14 when origin_tag = 'cabinet' then 7 else 30 end as payable_date,
    format(
        '%s_%sd_%strips',
        case when rule_scope = 'partner' then 'yango' when origin_tag = 'cabinet' then 'cabinet' else 'migration' end,
        window_days,
        milestone_trips
    ) as payment_scheme,
    is_deciding_origin
from final;
