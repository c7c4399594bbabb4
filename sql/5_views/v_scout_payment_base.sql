-- What each claimed person is worth to a scout. Grain and key: person_key; measured by the first lead that a
-- rule pays. Amounts are those of ops.scout_payment_rules in force on the lead date; milestones add up.
-- milestone_reached is the highest one, milestone_date its day; eligible_7d: some milestone was reached
-- within seven days of the lead. BLOCKED, with the first reason that holds: CONFLICT several scouts claim the
-- person, NO_SCOUT nobody does, NO_IDENTITY no driver account is known (nothing can be measured), QUARANTINED
-- all accounts are, NO_RULE no rule pays for such a lead on that date. ELIGIBLE: something is earned.
-- PENDING: no milestone yet. Blocked: nothing paid.
create or replace view ops.v_scout_payment_base as
with by_origin as (
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
        min(milestone.currency) as currency
    from canon.lead_milestones as milestone
    where milestone.rule_scope = 'scout'
    group by milestone.person_key, milestone.origin_tag
),

earned as (
    select distinct on (by_origin.person_key) by_origin.*
    from by_origin
    order by by_origin.person_key, by_origin.lead_date, by_origin.origin_tag
),

accounts as (
    select
        link.person_key,
        min(link.source_pk) as driver_id,
        bool_and(quarantine.driver_id is not null) as is_quarantined
    from canon.identity_links as link
    left join canon.driver_orphan_quarantine as quarantine
        on quarantine.driver_id = link.source_pk and quarantine.status = 'quarantined'
    where link.source_table = 'drivers'
    group by link.person_key
),

final as (
    select
        attribution.*,
        earned.origin_tag,
        coalesce(earned.driver_id, accounts.driver_id)::text as account,
        earned.lead_date,
        earned.milestone_reached,
        earned.milestone_date,
        earned.eligible_7d,
        earned.amount,
        earned.payable_date,
        earned.currency,
        case
            when attribution.is_conflict then 'CONFLICT'
            when attribution.scout_id is null then 'NO_SCOUT'
            when accounts.person_key is null then 'NO_IDENTITY'
            when accounts.is_quarantined then 'QUARANTINED'
            when earned.person_key is null then 'NO_RULE'
        end as block_reason
    from ops.v_scout_attribution as attribution
    left join earned on earned.person_key = attribution.person_key
    left join accounts on accounts.person_key = attribution.person_key
)

select
    person_key,
    coalesce(account, driver_id) as driver_id,
    scout_id,
    coalesce(
        origin_tag,
        (
            select event.payload_json ->> 'origin_tag'
            from observational.lead_events as event
            where event.person_key = final.person_key
            order by event.event_date, event.id
            limit 1
        )
    ) as origin_tag,
    source_table,
    source_pk,
    attribution_date,
    coalesce(milestone_reached, 0) as milestone_reached,
    milestone_date,
    coalesce(eligible_7d, false) as eligible_7d,
    (case when block_reason is null then coalesce(amount, 0) else 0 end)::numeric(10, 2) as amount_payable,
    case
        when block_reason is not null then 'BLOCKED'
        when milestone_reached is not null then 'ELIGIBLE'
        else 'PENDING'
    end as payment_status,
    block_reason,
    lead_date,
    payable_date,
    currency
from final;
