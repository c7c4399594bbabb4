-- Every change of a claim on the partner that a refresh found, since refreshes keep them. was_… is the claim before
-- (NULL: it APPEARED), is_… after (NULL: it DISAPPEARED). run_id is NULL when a human's decision refreshed the person.
-- reason_code: NEW_CLAIM · EARLIER_LEAD_DATE, LATER_LEAD_DATE (the person's lead) · ACCOUNT_CHANGED (another account
-- of the person drove first) · CURRENCY_CHANGED, AMOUNT_CHANGED (a rule) · and of a claim that disappeared: LINK_LOST,
-- LINK_MOVED (its account has no person, or another one) · SOURCE_ROW_GONE (the person has no dated cabinet lead any
-- more) · ACCOUNT_QUARANTINED · RULE_GONE · TRIPS_CHANGED (the milestone is not reached any more).
-- is_of_last_refresh: of the newest run that changed claims, or later. Grain and key: change_id.
create or replace view ops.v_claim_change_history as
select
    change.id as change_id,
    change.changed_at,
    change.run_id,
    change.change,
    change.reason_code,
    coalesce(change.is_person_key, change.was_person_key) as person_key,
    coalesce(change.is_driver_id, change.was_driver_id) as driver_id,
    change.milestone_value,
    change.was_driver_id,
    change.is_driver_id,
    change.was_lead_date,
    change.is_lead_date,
    change.was_amount,
    change.is_amount,
    change.was_currency,
    change.is_currency,
    change.was_payment_status,
    change.is_payment_status,
    change.lost_payment_keys,
    change.id >= coalesce(
        (
            select min(of_run.id)
            from ops.claim_changes as of_run
            where
                of_run.run_id = (
                    select newest.run_id
                    from ops.claim_changes as newest
                    where newest.run_id is not null
                    order by newest.id desc
                    limit 1
                )
        ),
        0
    ) as is_of_last_refresh
from ops.claim_changes as change;
