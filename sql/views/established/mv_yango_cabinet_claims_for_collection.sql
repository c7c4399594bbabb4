-- The rows of ops.v_yango_cabinet_claims_for_collection as of the last run, which each run refreshes.
-- They are kept in a table that follows what changed (ADR 37); how long a claim is overdue is told when it is read.
-- Grain and key: (driver_id, milestone_value, currency).
create or replace view ops.mv_yango_cabinet_claims_for_collection as
select
    kept.driver_id,
    kept.person_key,
    kept.driver_name,
    kept.milestone_value,
    kept.lead_date,
    kept.expected_amount,
    kept.yango_due_date,
    overdue.days_overdue_yango,
    overdue.overdue_bucket_yango,
    kept.yango_payment_status,
    kept.payment_key,
    kept.pay_date,
    kept.reason_code,
    kept.match_rule,
    kept.match_confidence,
    kept.identity_status,
    kept.suggested_driver_id,
    kept.is_reconcilable_enriched,
    kept.currency,
    kept.candidate_driver_ids,
    kept.payment_keys
from canon.cabinet_claims as kept
cross join canon.local_today as local
cross join lateral canon.overdue(kept.yango_due_date, local.today) as overdue;
