-- How many rows the list has; `listed` is the list with its filters. One row. Without a scout, the metrics know it.
select
    case
        when %(scout_id)s::integer is not null then (select count(*) from listed)
        when %(category)s::text = 'A' then snapshot.backlog_a_events_without_scout
        when %(category)s::text = 'D' then snapshot.backlog_d_scout_in_events_not_in_ledger
        when %(category)s::text = 'C' then snapshot.backlog_c_legacy_no_events_no_ledger
        else snapshot.persons_missing_scout
    end as total
from ops.v_scout_attribution_metrics_snapshot as snapshot;
