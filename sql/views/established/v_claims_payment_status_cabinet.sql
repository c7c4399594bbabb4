-- Claims on the partner for cabinet drivers and their payment status. A claim is a milestone reached within [lead_date,
-- lead_date + 14); it is due on lead_date + 14 days. Status:
--   paid                           a payment of that milestone for any account of the person
--   payment_found_other_milestone  a payment of a milestone that the person did not reach
--   payment_found_person_key_only  a payment that names only the person, or an account without a person
-- The last two are for a human; the claim stays open.
-- Grain and key: (driver_id, milestone_value).
create or replace view ops.v_claims_payment_status_cabinet as
with claims as materialized (
    select
        milestone.driver_id,
        milestone.person_key,
        milestone.milestone_trips as milestone_value,
        milestone.lead_date,
        milestone.amount as expected_amount,
        greatest(0, today - (milestone.lead_date + 14)) as days_overdue
    from canon.lead_milestones as milestone
    cross join canon.local_today
    where
        milestone.rule_scope = 'partner'
        and milestone.origin_tag = 'cabinet'
        and milestone.window_days = 14
        and milestone.milestone_achieved
),

payments as materialized (
    select
        coalesce(link.person_key, payment.person_key_final) as person_key,
        link.person_key is not null as is_of_account,
        payment.milestone_value,
        payment.pay_date,
        payment.payment_key,
        payment.driver_id_final,
        payment.identity_status,
        payment.match_rule,
        payment.match_confidence
    from ops.v_yango_payments_ledger_latest_enriched as payment
    left join canon.identity_links as link
        on link.source_table = 'drivers' and link.source_pk = payment.driver_id_final
    where payment.is_paid and coalesce(link.person_key, payment.person_key_final) is not null
),

of_milestone as (
    select distinct on (person_key, milestone_value) *
    from payments
    order by person_key, milestone_value, is_of_account desc, pay_date, payment_key
),

of_other_milestone as (
    select distinct on (payment.person_key) payment.*
    from payments as payment
    left join claims as claim using (person_key, milestone_value)
    where payment.is_of_account and claim.person_key is null
    order by payment.person_key, payment.milestone_value, payment.pay_date, payment.payment_key
),

final as (
    select
        claim.*,
        coalesce(exact.is_of_account, false) as paid_flag,
        case
            when exact.is_of_account then 'paid'
            when other.person_key is not null then 'payment_found_other_milestone'
            when exact.person_key is not null then 'payment_found_person_key_only'
            else 'no_payment_found'
        end as reason_code,
        payment.pay_date,
        payment.payment_key,
        payment.identity_status,
        payment.match_rule,
        payment.match_confidence
    from claims as claim
    left join of_milestone as exact
        on exact.person_key = claim.person_key and exact.milestone_value = claim.milestone_value
    left join of_other_milestone as other on other.person_key = claim.person_key
    left join lateral (
        select exact.pay_date, exact.payment_key, exact.identity_status, exact.match_rule, exact.match_confidence
        where exact.is_of_account or other.person_key is null
        union all
        select other.pay_date, other.payment_key, other.identity_status, other.match_rule, other.match_confidence
        where other.person_key is not null and exact.is_of_account is not true
    ) as payment on true
)

select
    driver_id,
    person_key,
    milestone_value,
    lead_date,
    (lead_date + 14)::timestamp as due_date,
    expected_amount,
    days_overdue,
    case
        when days_overdue = 0 then '0_not_due'
        when days_overdue <= 7 then '1_1_7'
        when days_overdue <= 14 then '2_8_14'
        when days_overdue <= 30 then '3_15_30'
        when days_overdue <= 60 then '4_31_60'
        else '5_60_plus'
    end as bucket_overdue,
    paid_flag,
    pay_date as paid_date,
    payment_key,
    identity_status as payment_identity_status,
    match_rule as payment_match_rule,
    match_confidence as payment_match_confidence,
    case when paid_flag then 'paid' else 'not_paid' end as payment_status,
    case
        when paid_flag then 'payment found'
        when payment_key is not null then 'payment to be reconciled'
        else 'no payment'
    end as payment_reason,
    reason_code,
    case
        when paid_flag then 'P0_confirmed_paid'
        when days_overdue >= 15 then 'P0_collect_now'
        when days_overdue >= 8 then 'P1_watch'
        else 'P2_not_due'
    end as action_priority
from final;
