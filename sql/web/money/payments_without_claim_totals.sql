-- Payments without a claim and what their claims amounted to; `listed` is the list with its filters. One row per
-- currency.
select
    open.currency,
    count(*) as payments,
    coalesce(sum(open.expected_amount), 0) as amount
from listed as open
group by open.currency
order by open.currency;
