-- The rows of ops.v_yango_collection_with_scout with the scouts of the last refresh (ops.v_read_model_refreshes; what a
-- human decides shows within a second), kept for lists that are filtered, sorted and added up. How long a claim is
-- overdue is told when it is read. Grain and key: (driver_id, milestone_value, currency). There is an index for each
-- order; the most overdue claims are those with the earliest yango_due_date.
create or replace view ops.v_yango_collection_list as
select
    claim.driver_id,
    claim.person_key,
    claim.driver_name,
    claim.milestone_value,
    claim.lead_date,
    claim.expected_amount,
    claim.yango_due_date,
    overdue.days_overdue_yango,
    overdue.overdue_bucket_yango,
    claim.yango_payment_status,
    claim.payment_key,
    claim.pay_date,
    claim.reason_code,
    claim.match_rule,
    claim.match_confidence,
    claim.identity_status,
    claim.suggested_driver_id,
    claim.is_reconcilable_enriched,
    claim.scout_id,
    claim.scout_name,
    claim.scout_name_normalized,
    claim.scout_is_active,
    claim.scout_quality_bucket,
    claim.is_scout_resolved,
    claim.scout_source_table,
    claim.scout_attribution_date,
    claim.scout_priority,
    claim.is_conflict,
    -- NULL in rows that were kept before claims had a currency
    coalesce(claim.currency, ops.default_currency()::text) as currency,
    claim.candidate_driver_ids,
    claim.payment_keys
from canon.partner_claims as claim
cross join canon.local_today as local
cross join lateral canon.overdue(claim.yango_due_date, local.today) as overdue;
