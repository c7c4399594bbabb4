-- What each claimed person is worth to a scout. Grain and key: (person_key, currency), because amounts of two
-- currencies are never added; currency is NULL where nothing is measured. Measured by the deciding lead (see
-- canon.lead_conversions): the earliest origin that somebody claims. Amounts are those of ops.scout_payment_rules in
-- force on the lead date; milestones add up. milestone_reached is the highest one, milestone_date its day; eligible_7d:
-- some milestone was reached within seven days of the lead. BLOCKED, with the first reason that holds: CONFLICT several
-- scouts claim the person, NO_SCOUT nobody does, NO_IDENTITY no driver account is known (nothing can be measured),
-- QUARANTINED all accounts are, NO_RULE no rule pays for such a lead on that date. ELIGIBLE: something is earned.
-- PENDING: no milestone yet. Blocked: nothing paid. quarantined_driver_ids: accounts whose trips count for nothing.
-- Each person is measured by itself, so that a page in the order of person_key costs no more than its own rows.
create or replace view ops.v_scout_payment_base as
select
    attribution.person_key,
    coalesce(earned.driver_id, accounts.driver_id, attribution.driver_id)::text as driver_id,
    attribution.scout_id,
    coalesce(
        earned.origin_tag,
        (
            -- the deciding origin, as in canon.lead_conversions
            select event.payload_json ->> 'origin_tag'
            from observational.lead_events as event
            where event.person_key = attribution.person_key
            group by event.payload_json ->> 'origin_tag'
            order by
                count(event.scout_id) = 0,
                min(canon.plausible_date(event.event_date)),
                event.payload_json ->> 'origin_tag'
            limit 1
        )
    ) as origin_tag,
    attribution.source_table,
    attribution.source_pk,
    attribution.attribution_date,
    coalesce(earned.milestone_reached, 0) as milestone_reached,
    earned.milestone_date,
    coalesce(earned.eligible_7d, false) as eligible_7d,
    (case when blocked.reason is null then coalesce(earned.amount, 0) else 0 end)::numeric(10, 2) as amount_payable,
    case
        when blocked.reason is not null then 'BLOCKED'
        when earned.milestone_reached is not null then 'ELIGIBLE'
        else 'PENDING'
    end as payment_status,
    blocked.reason as block_reason,
    earned.lead_date,
    earned.payable_date,
    earned.currency,
    accounts.quarantined_driver_ids
from ops.v_scout_attribution as attribution
left join lateral (
    select
        coalesce(
            min(link.source_pk) filter (where quarantine.driver_id is null), min(link.source_pk)
        ) as driver_id,
        bool_and(quarantine.driver_id is not null) as is_quarantined,
        array_agg(link.source_pk::text order by link.source_pk)
            filter (where quarantine.driver_id is not null) as quarantined_driver_ids
    from canon.identity_links as link
    left join canon.driver_orphan_quarantine as quarantine
        on quarantine.driver_id = link.source_pk and quarantine.status = 'quarantined'
    where link.person_key = attribution.person_key and link.source_table = 'drivers'
) as accounts on true
left join lateral (
    select earning.*
    from canon.scout_earnings as earning
    -- without an account there is nothing to measure; OFFSET 0: person by person, not joined with all earnings
    where earning.person_key = attribution.person_key and accounts.driver_id is not null
    offset 0 -- noqa: AM09
) as earned on true
cross join lateral (
    select
        case
            when attribution.is_conflict then 'CONFLICT'
            when attribution.scout_id is null then 'NO_SCOUT'
            when accounts.driver_id is null then 'NO_IDENTITY'
            when accounts.is_quarantined then 'QUARANTINED'
            when earned.origin_tag is null then 'NO_RULE'
        end as reason
) as blocked;
