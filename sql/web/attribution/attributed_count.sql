-- How many rows the list has; `listed` is the list with its filters. One row. Without filters, the metrics know it.
select
    case
        when %(scout_id)s::integer is null and %(attribution_rule)s::text is null
            then snapshot.persons_with_scout_satisfactory
        else (select count(*) from listed)
    end as total
from ops.v_scout_attribution_metrics_snapshot as snapshot;
