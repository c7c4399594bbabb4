-- The rows of canon.scout_payments of %(persons)s before they are derived again, for adjust_scout_payment_totals.sql.
-- Leaves payments_before.
drop table if exists payments_before;

create temporary table payments_before on commit drop as
select payment.*
from canon.scout_payments as payment
where payment.person_key = any(%(persons)s::uuid[]);
