-- When each payment of the partner arrived, and which day it is about; see canon.arrivals_query.
create or replace view canon.arrivals_of_module_ct_cabinet_payments as
select
    payment.transaction_id as row_version,
    payment.pay_date as business_date,
    null::text as business_text,
    payment.came_at_local,
    payment.came_at
from canon.read_module_ct_cabinet_payments() as payment;
