-- Each claim on the partner, with the scout who brought the person. Grain and key: (driver_id, milestone_value,
-- currency). The claims are those of the last run (materialised); the scout is today's, and so is how long a claim is
-- overdue: days begin at local midnight, whether or not a run has been since.
-- scout_quality_bucket says where the scout stands: SATISFACTORY_LEDGER, or EVENTS_ONLY and not in the ledger; MISSING:
-- nobody, or several claim the person. Every linked record is an event, so no scout stands in a source alone, as
-- MIGRATIONS_ONLY, SCOUTING_DAILY_ONLY and CABINET_PAYMENTS_ONLY would say; scout_source_table tells whose event it is.
-- An established materialised view lacks currency (then it is the default one), candidate_driver_ids and payment_keys
-- (then it is payment_key): the columns of `absent` are meant.
create or replace view ops.v_yango_collection_with_scout as
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
    attribution.scout_id,
    scout.raw_name as scout_name,
    scout.scout_name_normalized,
    scout.is_active as scout_is_active,
    case
        when attribution.scout_id is null then 'MISSING'
        when attribution.source_table = 'lead_ledger' then 'SATISFACTORY_LEDGER'
        else 'EVENTS_ONLY'
    end as scout_quality_bucket,
    coalesce(attribution.scout_id is not null and not attribution.is_conflict, false) as is_scout_resolved,
    attribution.source_table as scout_source_table,
    attribution.attribution_date as scout_attribution_date,
    attribution.priority as scout_priority,
    coalesce(attribution.is_conflict, false) as is_conflict,
    coalesce(claim.currency, (select ops.default_currency())::text) as currency,
    claim.candidate_driver_ids,
    coalesce(
        claim.payment_keys,
        case when claim.yango_payment_status = 'PAID' then array_remove(array[claim.payment_key], null) end
    ) as payment_keys
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
    from ops.mv_yango_cabinet_claims_for_collection as collected
) as claim
cross join canon.local_today as local
cross join lateral canon.overdue(claim.yango_due_date, local.today) as overdue
left join lateral (
    -- looked up claim by claim: a join would go through all persons for the few that have claims
    select attributed.*
    from ops.v_scout_attribution as attributed
    where attributed.person_key = claim.person_key
    offset 0 -- noqa: AM09
) as attribution on true
left join ops.v_dim_scouts as scout on scout.scout_id = attribution.scout_id;
