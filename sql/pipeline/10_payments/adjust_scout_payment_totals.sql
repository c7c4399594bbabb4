-- Brings canon.scout_payment_totals to what the rows of %(persons)s are now, by the difference to payments_before: the
-- totals of all persons would be counted anew by scout_payment_totals.sql. Grain: one combination of filters. Not
-- repeatable after a commit: belongs into the transaction that derives the rows.
drop table if exists total_changes;

create temporary table total_changes on commit drop as
select
    changed.scout_id,
    changed.payment_status,
    changed.block_reason,
    changed.milestone_reached,
    changed.origin_tag,
    changed.currency,
    sum(changed.sign) as persons,
    sum(changed.sign * coalesce(changed.amount_payable, 0)) as amount
from (
    select 1 as sign, payment.*
    from canon.scout_payments as payment
    where payment.person_key = any(%(persons)s::uuid[])
    union all
    select -1 as sign, before.*
    from payments_before as before
) as changed
group by
    changed.scout_id, changed.payment_status, changed.block_reason, changed.milestone_reached, changed.origin_tag,
    changed.currency
having sum(changed.sign) <> 0 or sum(changed.sign * coalesce(changed.amount_payable, 0)) <> 0;

update canon.scout_payment_totals as total
set
    persons = total.persons + changed.persons,
    amount = total.amount + changed.amount
from total_changes as changed
where
    (
        total.scout_id, total.payment_status, total.block_reason, total.milestone_reached, total.origin_tag,
        total.currency
    ) is not distinct from (
        changed.scout_id, changed.payment_status, changed.block_reason, changed.milestone_reached, changed.origin_tag,
        changed.currency
    );

insert into canon.scout_payment_totals (
    scout_id, payment_status, block_reason, milestone_reached, origin_tag, currency, persons, amount
)
select
    changed.scout_id,
    changed.payment_status,
    changed.block_reason,
    changed.milestone_reached,
    changed.origin_tag,
    changed.currency,
    changed.persons,
    changed.amount
from total_changes as changed
where not exists (
    select 1
    from canon.scout_payment_totals as total
    where
        (
            total.scout_id, total.payment_status, total.block_reason, total.milestone_reached, total.origin_tag,
            total.currency
        ) is not distinct from (
            changed.scout_id, changed.payment_status, changed.block_reason, changed.milestone_reached,
            changed.origin_tag, changed.currency
        )
);

delete from canon.scout_payment_totals as total
where total.persons = 0;
