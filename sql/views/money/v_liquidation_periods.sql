-- Closed liquidation periods, with who closed each and why, and what its statements hold: `lines` counts all lines,
-- `corrections` those that correct an earlier period. A period and its statements never change.
-- Grain and key: period_id.
create or replace view ops.v_liquidation_periods as
select
    period.id as period_id,
    period.period_start,
    period.period_end,
    period.closed_by,
    period.closed_at,
    period.reason,
    held.scouts,
    held.statements,
    held.lines,
    held.corrections
from ops.liquidation_periods as period
cross join lateral (
    select
        count(distinct statement.scout_id) as scouts,
        count(*) as statements,
        coalesce(sum(statement.line_count), 0)::bigint as lines,
        coalesce(sum(statement.correction_count), 0)::bigint as corrections
    from ops.scout_statements as statement
    where statement.period_id = period.id
) as held;
