-- How many rows the list has; `listed` is the list with its filters. One row. Without filters, the metrics know it.
select
    case
        when coalesce(%(scout_id)s::integer, %(min_age_days)s::integer) is null then snapshot.conflicts_count
        else (select count(*) from listed)
    end as total
from ops.v_scout_attribution_metrics_snapshot as snapshot;
