-- The paid payments of ops.v_yango_payments_ledger_latest, into canon.paid_payments: what differs is replaced. Grain:
-- payment_key. Leaves changed_payments_this_step: the rows that were deleted or written. Repeatable.
drop table if exists gone_payments_this_step, written_payments_this_step, changed_payments_this_step;

create temporary table current_payments_this_step on commit drop as
select
    latest.payment_key,
    latest.milestone_value,
    latest.pay_date,
    latest.driver_id,
    latest.person_key,
    latest.match_rule,
    latest.match_confidence,
    latest.driver_name_normalized,
    case
        when latest.driver_id is null and latest.person_key is null
            then canon.name_key(canon.normalise_name(latest.driver_name_normalized))
    end as name_key
from ops.v_yango_payments_ledger_latest as latest
where latest.is_paid;

create temporary table gone_payments_this_step on commit drop as
select kept.* from canon.paid_payments as kept
except
select payment.* from current_payments_this_step as payment;

create temporary table written_payments_this_step on commit drop as
select payment.* from current_payments_this_step as payment
except
select kept.* from canon.paid_payments as kept;

drop table current_payments_this_step;

delete from canon.paid_payments as kept
using gone_payments_this_step as gone
where kept.payment_key = gone.payment_key and (kept.*) is not distinct from (gone.*);

insert into canon.paid_payments
select written.*
from written_payments_this_step as written;

create temporary table changed_payments_this_step on commit drop as
select gone.* from gone_payments_this_step as gone
union all
select written.* from written_payments_this_step as written;
