-- What the statements of the period that begins on %(period_start)s hold. Grain and key: currency.
select
    statement.currency,
    count(*) as statements,
    sum(statement.line_count) as lines,
    sum(statement.amount)::float8 as amount
from ops.v_scout_statements as statement
where statement.period_start = %(period_start)s
group by statement.currency
order by statement.currency;
