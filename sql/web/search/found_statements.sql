-- The statement with this number. Grain: one statement.
select
    statement.statement_id,
    statement.scout_id,
    statement.scout_name,
    statement.period_start,
    statement.period_end,
    statement.amount,
    statement.currency,
    statement.is_paid
from ops.v_scout_statements as statement
where statement.statement_id = %(number)s::bigint;
