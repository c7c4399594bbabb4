-- Current partner payments: three milestones per row, each paid or not.
-- Grain and key: payment_id.
create or replace view canon.source_cabinet_payments as
select
    payment.payment_id,
    payment.pay_date,
    payment.pay_time,
    payment.scout_id,
    payment.driver_name::varchar as driver_name,
    coalesce(payment.is_paid_1, false) as is_paid_1,
    coalesce(payment.is_paid_5, false) as is_paid_5,
    coalesce(payment.is_paid_25, false) as is_paid_25,
    nullif(payment.driver_id, '') as driver_id,
    payment.person_key
from canon.read_module_ct_cabinet_payments() as payment;
