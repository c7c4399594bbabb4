-- The partner's ledger of payments, as the program that keeps it would have noted each state on the day after.
-- Grain and key: payment_key, state_hash.
insert into ops.yango_payment_status_ledger (
    snapshot_at, source_pk, pay_date, pay_time, raw_driver_name, driver_name_normalized, milestone_type,
    milestone_value, is_paid, paid_flag_source, driver_id, person_key, match_rule, match_confidence, payment_key,
    state_hash
)
select
    least((payment.pay_date + 1 + time '04:30') at time zone %(timezone)s, now() - interval '1 hour'),
    payment.source_pk::text,
    payment.pay_date,
    payment.pay_time,
    coalesce(payment.raw_driver_name, ''),
    payment.driver_name_normalized,
    payment.milestone_type,
    payment.milestone_value,
    payment.is_paid,
    payment.paid_flag_source,
    payment.driver_id,
    payment.person_key,
    payment.match_rule,
    payment.match_confidence,
    payment.payment_key,
    payment.state_hash
from ops.v_yango_payments_raw_current as payment
where payment.is_paid is not null
on conflict (payment_key, state_hash) do nothing;
