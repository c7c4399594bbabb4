-- Nothing was written to what tells the partner's payments: canon.paid_payments stays. Leaves
-- changed_payments_this_step, empty. Repeatable.
drop table if exists changed_payments_this_step;

create temporary table changed_payments_this_step (like canon.paid_payments) on commit drop;
