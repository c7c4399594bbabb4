-- The attribution metrics do not add up: total_persons is not satisfactory + A + C + D, or a part is negative.
select
    snapshot.total_persons,
    snapshot.persons_with_scout_satisfactory,
    snapshot.backlog_a_events_without_scout,
    snapshot.backlog_c_legacy_no_events_no_ledger,
    snapshot.backlog_d_scout_in_events_not_in_ledger
from ops.v_scout_attribution_metrics_snapshot as snapshot
where
    snapshot.total_persons <> snapshot.persons_with_scout_satisfactory + snapshot.backlog_a_events_without_scout
    + snapshot.backlog_c_legacy_no_events_no_ledger + snapshot.backlog_d_scout_in_events_not_in_ledger
    or least(
        snapshot.backlog_a_events_without_scout, snapshot.backlog_c_legacy_no_events_no_ledger,
        snapshot.backlog_d_scout_in_events_not_in_ledger
    ) < 0;
