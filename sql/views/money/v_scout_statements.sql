-- Statements: what a scout is due for one liquidation period in one currency, and whether it was paid. `amount` is the
-- sum of its lines (ops.v_scout_statement_lines); it is negative if more was taken back than earned. `line_count`
-- counts all lines, `correction_count` those that correct an earlier period.
-- Grain and key: statement_id; also (period_id, scout_id, currency).
-- Statements of one period, or of one scout, are read by an index.
create or replace view ops.v_scout_statements as
select
    statement.id as statement_id,
    statement.period_id,
    period.period_start,
    period.period_end,
    statement.scout_id,
    -- a subquery: a join would read the list of scouts anew for one statement (ADR 12)
    (select scout.raw_name from ops.v_dim_scouts as scout where scout.scout_id = statement.scout_id) as scout_name,
    statement.currency,
    statement.amount,
    statement.line_count,
    statement.correction_count,
    period.closed_by,
    period.closed_at,
    period.reason,
    payment.paid_on,
    payment.reference as payment_reference,
    payment.noted_by as paid_noted_by,
    payment.noted_at as paid_noted_at,
    -- by the column of the join, so that the planner counts what was not paid as an anti-join does
    payment.statement_id is not null as is_paid
from ops.scout_statements as statement
inner join ops.liquidation_periods as period on period.id = statement.period_id
left join ops.scout_statement_payments as payment on payment.statement_id = statement.id;
