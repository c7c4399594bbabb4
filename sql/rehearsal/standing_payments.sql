-- What the view of an established database says that scouts are due, before it is prepared, whichever columns it has;
-- one row per person and currency. Into rehearsed_payments. Repeatable after deleting the moment `before`.
insert into pg_temp.rehearsed_payments (moment, person_key, currency, scout_id, amount, status, reason)
select distinct on (payment.shown ->> 'person_key', payment.shown ->> 'currency')
    'before',
    (payment.shown ->> 'person_key')::uuid,
    payment.shown ->> 'currency',
    (payment.shown ->> 'scout_id')::integer,
    (payment.shown ->> 'amount_payable')::numeric,
    payment.shown ->> 'payment_status',
    payment.shown ->> 'block_reason'
from (select to_jsonb(standing) as shown from ops.v_scout_payment_base as standing) as payment
where payment.shown ->> 'person_key' is not null
order by payment.shown ->> 'person_key', payment.shown ->> 'currency', payment.shown::text;
