-- The statements of the period that begins on %(period_start)s beside those of the closed period before it: also of
-- scouts who have only one of the two. Grain and key: (scout_id, currency). Reads: statements_this_step.
with earlier as (
    select
        statement.scout_id,
        statement.currency,
        statement.amount
    from ops.scout_statements as statement
    where
        statement.period_id = (
            select period.id
            from ops.liquidation_periods as period
            where period.period_start < %(period_start)s::date
            order by period.period_start desc
            limit 1
        )
)

select
    scout_id,
    (
        select scout.raw_name
        from ops.v_dim_scouts as scout
        where scout.scout_id = coalesce(derived.scout_id, earlier.scout_id)
    ) as scout_name,
    currency,
    coalesce(derived.amount, 0)::numeric(14, 2) as amount,
    coalesce(derived.line_count, 0)::integer as lines,
    coalesce(derived.correction_count, 0)::integer as corrections,
    coalesce(earlier.amount, 0)::numeric(14, 2) as last_amount,
    (coalesce(derived.amount, 0) - coalesce(earlier.amount, 0))::numeric(14, 2) as difference
from pg_temp.statements_this_step as derived
full join earlier using (scout_id, currency)
order by scout_id, currency;
