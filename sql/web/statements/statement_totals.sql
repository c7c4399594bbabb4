-- What the statements of the list add up to; `listed` is the list with its filters. Grain: one currency.
select
    statement.currency,
    count(*) as statements,
    count(distinct statement.scout_id) as scouts,
    sum(statement.amount) as amount,
    sum(statement.correction_count)::bigint as corrections,
    count(*) filter (where statement.is_paid) as paid_statements,
    coalesce(sum(statement.amount) filter (where statement.is_paid), 0) as paid_amount,
    count(*) filter (where not statement.is_paid) as unpaid_statements,
    coalesce(sum(statement.amount) filter (where not statement.is_paid), 0) as unpaid_amount
from listed as statement
group by statement.currency
order by statement.currency;
