-- What the person is worth to its scout: one row per currency.
select base.*
from ops.v_scout_payment_base as base
where base.person_key = %(person_key)s::uuid
order by base.currency;
