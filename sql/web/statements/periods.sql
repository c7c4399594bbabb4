-- Closed periods with what was frozen and paid. Grain: one period and currency; a period in which nobody was due
-- anything has one row without a currency.
select
    period.period_id,
    period.period_start,
    period.period_end,
    due.currency,
    coalesce(due.amount, 0) as amount,
    coalesce(due.statements, 0) as scouts,
    coalesce(due.lines, 0) as lines,
    coalesce(due.corrections, 0) as corrections,
    coalesce(due.paid_statements, 0) as paid_statements,
    coalesce(due.paid_amount, 0) as paid_amount,
    coalesce(due.statements - due.paid_statements, 0) as unpaid_statements,
    coalesce(due.amount - due.paid_amount, 0) as unpaid_amount,
    period.closed_by,
    period.closed_at,
    period.reason
from ops.v_liquidation_periods as period
left join (
    select
        statement.period_id,
        statement.currency,
        sum(statement.amount) as amount,
        count(*) as statements,
        sum(statement.line_count)::bigint as lines,
        sum(statement.correction_count)::bigint as corrections,
        count(*) filter (where statement.is_paid) as paid_statements,
        coalesce(sum(statement.amount) filter (where statement.is_paid), 0) as paid_amount
    from ops.v_scout_statements as statement
    group by statement.period_id, statement.currency
) as due on due.period_id = period.period_id;
