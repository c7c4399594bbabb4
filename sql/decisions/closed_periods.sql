-- What was closed before a period is: today in the zone of the settings, the last closed period, and the first one that
-- overlaps with %(period_start)s to %(period_end)s; columns are NULL if there is none. One row.
select
    local.today,
    newest.id as last_id,
    newest.period_start as last_start,
    newest.period_end as last_end,
    common.period_start as overlap_start,
    common.period_end as overlap_end,
    common.closed_by as overlap_closed_by,
    common.closed_at as overlap_closed_at
from canon.local_today as local
left join lateral (
    select period.*
    from ops.liquidation_periods as period
    order by period.period_start desc
    limit 1
) as newest on true
left join lateral (
    select period.*
    from ops.liquidation_periods as period
    where period.period_start <= %(period_end)s::date and period.period_end >= %(period_start)s::date
    order by period.period_start
    limit 1
) as common on true;
