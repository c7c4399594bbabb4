-- Persons and amounts for each combination of filters of the list of payments: a few thousand rows, from which every
-- total is added up. Grain: one combination. Repeatable.
delete from canon.scout_payment_totals;

insert into canon.scout_payment_totals (
    scout_id, payment_status, block_reason, milestone_reached, origin_tag, currency, persons, amount
)
select
    kept.scout_id,
    kept.payment_status,
    kept.block_reason,
    kept.milestone_reached,
    kept.origin_tag,
    kept.currency,
    count(*),
    coalesce(sum(kept.amount_payable), 0)
from canon.scout_payments as kept
group by
    kept.scout_id, kept.payment_status, kept.block_reason, kept.milestone_reached, kept.origin_tag, kept.currency;
