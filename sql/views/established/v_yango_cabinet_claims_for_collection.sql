-- Claims in the shape that collection works with.
-- Grain and key: (driver_id, milestone_value).
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
    ) as is_reconcilable_enriched
from ops.v_claims_payment_status_cabinet as claim
left join canon.source_drivers as driver on driver.driver_id = claim.driver_id;
