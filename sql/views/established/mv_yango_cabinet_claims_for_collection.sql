-- v_yango_cabinet_claims_for_collection as of the last run; refreshed by every run.
-- Grain and key: (driver_id, milestone_value).
create materialized view ops.mv_yango_cabinet_claims_for_collection as
select
    driver_id,
    person_key,
    driver_name,
    milestone_value,
    lead_date,
    expected_amount,
    yango_due_date,
    days_overdue_yango,
    overdue_bucket_yango,
    yango_payment_status,
    payment_key,
    pay_date,
    reason_code,
    match_rule,
    match_confidence,
    identity_status,
    suggested_driver_id,
    is_reconcilable_enriched
from ops.v_yango_cabinet_claims_for_collection;
-- REFRESH … CONCURRENTLY needs a unique index without a condition
create unique index mv_yango_claims_key on ops.mv_yango_cabinet_claims_for_collection (driver_id, milestone_value);
create index mv_yango_claims_misapplied
on ops.mv_yango_cabinet_claims_for_collection (yango_payment_status, is_reconcilable_enriched)
where yango_payment_status = 'PAID_MISAPPLIED';
create index mv_yango_claims_status on ops.mv_yango_cabinet_claims_for_collection (yango_payment_status);
create index mv_yango_claims_reconcilable on ops.mv_yango_cabinet_claims_for_collection (is_reconcilable_enriched)
where is_reconcilable_enriched;
create index mv_yango_claims_driver on ops.mv_yango_cabinet_claims_for_collection (driver_id, milestone_value)
where driver_id is not null;
create index mv_yango_claims_amount on ops.mv_yango_cabinet_claims_for_collection (expected_amount desc);
create index mv_yango_claims_lead on ops.mv_yango_cabinet_claims_for_collection (lead_date desc, milestone_value desc);
