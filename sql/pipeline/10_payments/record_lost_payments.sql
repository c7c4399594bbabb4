-- The payments of lost_payments (record_claim_changes) that the partner has not taken back, into
-- canon.payments_without_claim. What took them away is what ended the claim; where the claim goes on, what became of
-- the payment's driver. %(run_id)s is NULL between two runs; %(moment)s is the clock. Grain and key: payment_key.
-- Repeatable.

-- rows: without_claim
insert into canon.payments_without_claim as open (
    payment_key, payment_id, pay_date, driver_id, person_key, driver_name, milestone_value, lead_date,
    expected_amount, currency, since, run_id, reason_code, is_paid
)
select distinct on (lost.payment_key)
    lost.payment_key,
    case when payment.source_pk ~ '^[0-9]{1,9}$' then payment.source_pk::integer end,
    payment.pay_date,
    lost.driver_id,
    lost.person_key,
    lost.driver_name,
    lost.milestone_value,
    lost.lead_date,
    lost.expected_amount,
    lost.currency,
    %(moment)s::timestamptz,
    %(run_id)s::integer,
    case
        when lost.reason_code is not null then lost.reason_code
        when payment.identity_status = 'ambiguous' then 'PAYMENT_AMBIGUOUS'
        when payment.driver_id_final is null then 'PAYMENT_NAMES_NOBODY'
        when link.person_key is null then 'LINK_LOST'
        when link.person_key <> lost.person_key then 'LINK_MOVED'
        else 'UNKNOWN'
    end,
    true
from lost_payments as lost
inner join ops.v_yango_payments_ledger_latest_enriched as payment
    on payment.payment_key = lost.payment_key and payment.is_paid
left join canon.identity_links as link
    on link.source_table = 'drivers' and link.source_pk = payment.driver_id_final
order by lost.payment_key
on conflict (payment_key) do update set
    driver_id = excluded.driver_id,
    person_key = excluded.person_key,
    driver_name = excluded.driver_name,
    lead_date = excluded.lead_date,
    expected_amount = excluded.expected_amount,
    currency = excluded.currency,
    since = excluded.since,
    run_id = excluded.run_id,
    reason_code = excluded.reason_code,
    is_paid = excluded.is_paid;
