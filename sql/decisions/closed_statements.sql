-- The statements of a closed period, in the place of those that a closing derives. Leaves: statements_this_step, grain
-- and key: (scout_id, currency).
create temporary table statements_this_step on commit drop as
select
    statement.scout_id,
    statement.currency,
    statement.amount,
    statement.line_count,
    statement.correction_count
from ops.scout_statements as statement
where statement.period_id = %(period_id)s;
