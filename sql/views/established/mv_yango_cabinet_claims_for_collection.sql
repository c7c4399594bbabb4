-- v_yango_cabinet_claims_for_collection as of the last run; refreshed by every run.
-- An established view lacks the last three columns: then those of `absent` are meant, and the currency is the default.
-- Grain and key: (driver_id, milestone_value, currency).
create materialized view ops.mv_yango_cabinet_claims_for_collection as
select
    claim.driver_id,
    claim.person_key,
    claim.driver_name,
    claim.milestone_value,
    claim.lead_date,
    claim.expected_amount,
    claim.yango_due_date,
    claim.days_overdue_yango,
    claim.overdue_bucket_yango,
    claim.yango_payment_status,
    claim.payment_key,
    claim.pay_date,
    claim.reason_code,
    claim.match_rule,
    claim.match_confidence,
    claim.identity_status,
    claim.suggested_driver_id,
    claim.is_reconcilable_enriched,
    coalesce(claim.currency, (select ops.default_currency())::text) as currency,
    claim.candidate_driver_ids,
    claim.payment_keys
from (values (null::text, null::text[], null::text[])) as absent (currency, candidate_driver_ids, payment_keys)
cross join lateral (
    select
        collected.driver_id,
        collected.person_key,
        collected.driver_name,
        collected.milestone_value,
        collected.lead_date,
        collected.expected_amount,
        collected.yango_due_date,
        collected.days_overdue_yango,
        collected.overdue_bucket_yango,
        collected.yango_payment_status,
        collected.payment_key,
        collected.pay_date,
        collected.reason_code,
        collected.match_rule,
        collected.match_confidence,
        collected.identity_status,
        collected.suggested_driver_id,
        collected.is_reconcilable_enriched,
        currency, -- noqa: RF02,RF03
        candidate_driver_ids, -- noqa: RF02,RF03
        payment_keys -- noqa: RF02,RF03
    from ops.v_yango_cabinet_claims_for_collection as collected
) as claim;
-- REFRESH … CONCURRENTLY needs a unique index without a condition
create unique index mv_yango_claims_key
on ops.mv_yango_cabinet_claims_for_collection (driver_id, milestone_value, currency);
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
