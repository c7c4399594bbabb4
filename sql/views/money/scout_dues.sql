-- What each scout has been earned so far and what statements hold of it. `earned_amount`: milestones that are payable
-- by today, as of the last refresh. A milestone that became payable before the first closed period and is in no
-- statement belongs to the time before statements and counts for nothing, as when a period is closed.
-- `stated_amount`: all statements; `paid_amount`: those marked paid. What is due and in no statement yet is the
-- difference of the first two.
-- Grain and key: (scout_id, currency). A filter on scout_id reads that scout's rows by an index.
create or replace view canon.scout_dues as
select
    part.scout_id,
    part.currency,
    coalesce(sum(part.earned), 0) as earned_amount,
    coalesce(sum(part.stated), 0) as stated_amount,
    coalesce(sum(part.paid), 0) as paid_amount,
    coalesce(sum(part.statements), 0)::bigint as statements,
    coalesce(sum(part.unpaid_statements), 0)::bigint as unpaid_statements
from (
    select
        milestone.scout_id,
        milestone.currency,
        sum(milestone.amount) as earned,
        null::numeric as stated,
        null::numeric as paid,
        null::bigint as statements,
        null::bigint as unpaid_statements
    from canon.scout_payment_milestones as milestone
    where
        milestone.payable_date <= (select today.today from canon.local_today as today)
        and (
            milestone.payable_date >= coalesce(
                (select min(period.period_start) from ops.liquidation_periods as period), milestone.payable_date
            )
            or exists (
                select 1 from ops.scout_statement_lines as line
                where line.person_key = milestone.person_key and line.rule_id = milestone.rule_id
            )
        )
    group by milestone.scout_id, milestone.currency
    union all
    select
        statement.scout_id,
        statement.currency,
        null,
        sum(statement.amount),
        sum(statement.amount) filter (where payment.statement_id is not null),
        count(*),
        count(*) filter (where payment.statement_id is null)
    from ops.scout_statements as statement
    left join ops.scout_statement_payments as payment on payment.statement_id = statement.id
    group by statement.scout_id, statement.currency
) as part
group by part.scout_id, part.currency;
