-- Claims in the shape that collection works with. An established view of their payment status lacks the last three
-- columns: then those of `absent` are meant, and the currency is the default.
-- Grain and key: (driver_id, milestone_value, currency).
create or replace view ops.v_yango_cabinet_claims_for_collection as
select
    claim.driver_id,
    claim.person_key,
    coalesce(driver.full_name, nullif(driver.name_parts, ''))::varchar as driver_name,
    claim.milestone_value,
    claim.lead_date,
    claim.expected_amount,
    claim.due_date as yango_due_date,
    claim.days_overdue as days_overdue_yango,
    case
        when claim.days_overdue = 0 then '0_not_due'
        when claim.days_overdue <= 7 then '1_1_7'
        when claim.days_overdue <= 14 then '2_8_14'
        when claim.days_overdue <= 30 then '3_15_30'
        else '4_30_plus'
    end as overdue_bucket_yango,
    case
        when claim.paid_flag then 'PAID'
        when claim.reason_code = 'payment_found_other_milestone' then 'PAID_MISAPPLIED'
        else 'UNPAID'
    end as yango_payment_status,
    claim.payment_key,
    claim.paid_date as pay_date,
    claim.reason_code,
    coalesce(claim.payment_match_rule, 'no_match') as match_rule,
    coalesce(claim.payment_match_confidence, 'low') as match_confidence,
    coalesce(claim.payment_identity_status, 'no_match') as identity_status,
    claim.driver_id::text as suggested_driver_id,
    coalesce(
        claim.payment_identity_status in ('confirmed', 'enriched')
        and (
            claim.payment_match_confidence = 'high'
            or (claim.payment_match_confidence = 'medium' and claim.payment_match_rule = 'name_unique')
        ),
        false
    ) as is_reconcilable_enriched,
    coalesce(claim.currency, (select ops.default_currency())::text) as currency,
    claim.candidate_driver_ids,
    claim.payment_keys
from (values (null::text, null::text[], null::text[])) as absent (currency, candidate_driver_ids, payment_keys)
cross join lateral (
    select
        status.driver_id,
        status.person_key,
        status.milestone_value,
        status.lead_date,
        status.expected_amount,
        status.due_date,
        status.days_overdue,
        status.paid_flag,
        status.reason_code,
        status.payment_key,
        status.paid_date,
        status.payment_match_rule,
        status.payment_match_confidence,
        status.payment_identity_status,
        currency, -- noqa: RF02,RF03
        candidate_driver_ids, -- noqa: RF02,RF03
        payment_keys -- noqa: RF02,RF03
    from ops.v_claims_payment_status_cabinet as status
) as claim
left join canon.read_drivers_names() as driver on driver.driver_id = claim.driver_id;
