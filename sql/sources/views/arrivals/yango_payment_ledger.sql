-- When each row of the partner's ledger arrived, and which day it is about; see canon.arrivals_query.
create or replace view canon.arrivals_of_yango_payment_ledger as
select
    payment.xmin as row_version,
    payment.pay_date as business_date,
    null::text as business_text,
    null::timestamp as came_at_local,
    payment.snapshot_at as came_at
from ops.yango_payment_status_ledger as payment;
