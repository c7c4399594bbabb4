-- Claims on the partner for cabinet drivers and their payment status. A claim is a milestone reached within [lead_date,
-- lead_date + 14); it is due on lead_date + 14 days. Status:
--   paid                           a payment of that milestone for any account of the person
--   payment_found_other_milestone  a payment of a milestone that the person did not reach
--   payment_found_person_key_only  a payment that names only the person, or an account without a person
-- The last two are for a human; the claim stays open. So is a claim without a payment that a payment by name may be of:
-- the name fits accounts of several persons (identity_status ambiguous, those accounts in candidate_driver_ids).
-- A payment has no currency: of claims of one milestone in several it pays the one in the default currency, else the
-- first by name. payment_keys are all payments that pay the claim, payment_key the first.
-- Grain and key: (driver_id, milestone_value, currency).
create or replace view ops.v_claims_payment_status_cabinet as
with claims as materialized (
    select
        milestone.driver_id,
        milestone.person_key,
        milestone.milestone_trips as milestone_value,
        milestone.lead_date,
        milestone.amount as expected_amount,
        milestone.currency::text as currency,
        greatest(0, today - (milestone.lead_date + 14)) as days_overdue,
        row_number() over (
            partition by milestone.person_key, milestone.milestone_trips
            order by milestone.currency <> (select ops.default_currency()), milestone.currency
        ) = 1 as is_payable
    from canon.lead_milestones as milestone
    cross join canon.local_today
    where
        milestone.rule_scope = 'partner'
        and milestone.origin_tag = 'cabinet'
        and milestone.window_days = 14
        and milestone.milestone_achieved
),

-- a view that operators put in place of ours may lack candidate_driver_ids: then the column of `absent` is meant
paid as materialized (
    select
        coalesce(link.person_key, payment.person_key_final) as person_key,
        link.person_key is not null as is_of_account,
        payment.*
    from (values (null::text[])) as absent (candidate_driver_ids)
    cross join lateral (
        select
            latest.milestone_value,
            latest.pay_date,
            latest.payment_key,
            latest.driver_id_final,
            latest.person_key_final,
            latest.identity_status,
            latest.match_rule,
            latest.match_confidence,
            candidate_driver_ids -- noqa: RF02,RF03
        from ops.v_yango_payments_ledger_latest_enriched as latest
        where latest.is_paid
    ) as payment
    left join canon.identity_links as link
        on link.source_table = 'drivers' and link.source_pk = payment.driver_id_final
),

of_milestone as (
    select distinct on (paid.person_key, paid.milestone_value)
        paid.*,
        array_agg(paid.payment_key) filter (where paid.is_of_account) over (
            partition by paid.person_key, paid.milestone_value
            order by paid.is_of_account desc, paid.pay_date, paid.payment_key
            rows between unbounded preceding and unbounded following
        ) as payment_keys
    from paid
    where paid.person_key is not null
    order by paid.person_key, paid.milestone_value, paid.is_of_account desc, paid.pay_date, paid.payment_key
),

of_other_milestone as (
    select distinct on (payment.person_key) payment.*
    from paid as payment
    left join claims as claim using (person_key, milestone_value)
    where payment.is_of_account and claim.person_key is null
    order by payment.person_key, payment.milestone_value, payment.pay_date, payment.payment_key
),

by_name as (
    select distinct on (link.person_key, payment.milestone_value)
        link.person_key,
        payment.milestone_value,
        payment.pay_date,
        payment.payment_key,
        payment.identity_status,
        payment.match_rule,
        payment.match_confidence,
        payment.candidate_driver_ids
    from paid as payment
    cross join lateral unnest(payment.candidate_driver_ids) as candidate (driver_id)
    inner join canon.identity_links as link
        on link.source_table = 'drivers' and link.source_pk = candidate.driver_id
    where payment.person_key is null
    order by link.person_key, payment.milestone_value, payment.pay_date, payment.payment_key
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
        payment.match_confidence,
        payment.candidate_driver_ids,
        case when exact.is_of_account then exact.payment_keys end as payment_keys
    from claims as claim
    left join of_milestone as exact
        on
            exact.person_key = claim.person_key
            and exact.milestone_value = claim.milestone_value
            and claim.is_payable
    left join of_other_milestone as other on other.person_key = claim.person_key and claim.is_payable
    left join by_name
        on
            by_name.person_key = claim.person_key
            and by_name.milestone_value = claim.milestone_value
            and claim.is_payable
            and exact.person_key is null
            and other.person_key is null
    left join lateral (
        select
            exact.pay_date, exact.payment_key, exact.identity_status, exact.match_rule, exact.match_confidence,
            null::text[] as candidate_driver_ids
        where exact.is_of_account or (exact.person_key is not null and other.person_key is null)
        union all
        select
            other.pay_date, other.payment_key, other.identity_status, other.match_rule, other.match_confidence,
            null::text[]
        where other.person_key is not null and exact.is_of_account is not true
        union all
        select
            by_name.pay_date, by_name.payment_key, by_name.identity_status, by_name.match_rule,
            by_name.match_confidence, by_name.candidate_driver_ids
        where by_name.person_key is not null
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
    end as action_priority,
    currency,
    candidate_driver_ids,
    payment_keys
from final;
