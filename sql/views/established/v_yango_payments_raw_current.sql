-- Current partner payments: one row per payment row and milestone, paid or not. payment_key identifies the payment,
-- state_hash its state. A name that identifies nobody becomes the empty text, because the ledger requires a value.
-- Grain and key: (source_pk, milestone_value).
create or replace view ops.v_yango_payments_raw_current as
with payments as materialized (
    select
        payment.*,
        coalesce(canon.name_key(canon.normalise_name(payment.driver_name)), '') as driver_name_normalized
    from canon.source_cabinet_payments as payment
)

select
    payment.payment_id as source_pk,
    payment.pay_date,
    payment.pay_time,
    payment.scout_id,
    payment.driver_name as raw_driver_name,
    payment.driver_name_normalized,
    'trips'::text as milestone_type,
    milestone.milestone_value,
    milestone.is_paid,
    milestone.paid_flag_source,
    payment.driver_id,
    payment.person_key,
    case when payment.driver_id is null then 'none' else 'driver_id_direct' end as match_rule,
    case when payment.driver_id is null then 'unknown' else 'high' end as match_confidence,
    md5(payment.payment_id::text || milestone.milestone_value || payment.driver_name_normalized) as payment_key,
    md5(milestone.is_paid::text) as state_hash
from payments as payment
cross join lateral (
    values
        (1, payment.is_paid_1, 'trip_1'),
        (5, payment.is_paid_5, 'trip_5'),
        (25, payment.is_paid_25, 'trip_25')
) as milestone (milestone_value, is_paid, paid_flag_source);
