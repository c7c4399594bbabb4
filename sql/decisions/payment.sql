-- A payment that belongs to no claim: whether there is one that the partner has not taken back, its person if there is
-- one still, and how it is explained (NULL: not at all). One row.
select
    payment.payment_key is not null as is_known,
    person.person_key::text as person_key,
    case
        when explained.payment_key is not null then jsonb_build_object(
            'decided_by', explained.explained_by, 'decided_at', explained.explained_at, 'reason', explained.explanation
        )
    end as explanation
from (values (%(payment_key)s::text)) as asked (payment_key)
left join canon.payments_without_claim as payment
    on payment.payment_key = asked.payment_key and payment.is_paid
left join canon.payment_explanations as explained on explained.payment_key = payment.payment_key
left join canon.identity_registry as person on person.person_key = payment.person_key;
