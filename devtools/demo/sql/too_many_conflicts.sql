-- When the number of open conflicts passed a limit for the last time and stayed above it. Grain: one row, or none.
select min(daily.computed_at) as passed_at
from ops.scout_attribution_daily as daily
where
    daily.conflicts_count > %(limit)s
    and daily.metric_date > coalesce(
        (
            select max(below.metric_date) from ops.scout_attribution_daily as below
            where below.conflicts_count <= %(limit)s
        ),
        '-infinity'
    )
having count(*) > 0;
