-- Current partner payments: three milestones per row, each paid or not. driver_id and person_key are read from the row
-- as JSON: some databases lack them or have another type.
-- Grain and key: payment_id.
create or replace view canon.source_cabinet_payments as
select
    payment.id::integer as payment_id,
    payment.date as pay_date,
    payment.time as pay_time,
    payment.scout_id::integer as scout_id,
    payment.driver::varchar as driver_name,
    coalesce(payment.trip_1, false) as is_paid_1,
    coalesce(payment.trip_5, false) as is_paid_5,
    coalesce(payment.trip_25, false) as is_paid_25,
    nullif(to_jsonb(payment) ->> 'driver_id', '') as driver_id,
    case
        when to_jsonb(payment) ->> 'person_key' ~ '^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$'
            then (to_jsonb(payment) ->> 'person_key')::uuid
    end as person_key
from public.module_ct_cabinet_payments as payment;
