-- What each claimed person is worth to a scout, as of the last refresh (ops.v_read_model_refreshes; what a human
-- decides shows within a second): the rows of ops.v_scout_payment_base, which derives them when it is read, kept for
-- lists that are filtered, sorted and added up. Grain and key: (person_key, currency). There is an index for each
-- order.
create or replace view ops.v_scout_liquidation as
select kept.*
from canon.scout_payments as kept;
