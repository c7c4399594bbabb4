-- The claims of asked_collection, which has the shape of ops.v_yango_cabinet_claims_for_collection. An established view
-- lacks the last three columns: then those of `absent` are meant, and the currency is the default.
-- Leaves current_cabinet_claims, in the shape of canon.cabinet_claims. Repeatable.
drop table if exists current_cabinet_claims;

create temporary table current_cabinet_claims (like canon.cabinet_claims) on commit drop;

insert into current_cabinet_claims
select
    claim.driver_id,
    claim.person_key,
    claim.driver_name,
    claim.milestone_value,
    claim.lead_date,
    claim.expected_amount,
    claim.yango_due_date,
    claim.yango_payment_status,
    claim.payment_key,
    claim.pay_date,
    claim.reason_code,
    claim.match_rule,
    claim.match_confidence,
    claim.identity_status,
    claim.suggested_driver_id,
    claim.is_reconcilable_enriched,
    coalesce(claim.currency, (select ops.default_currency())::text),
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
    from asked_collection as collected
) as claim;
