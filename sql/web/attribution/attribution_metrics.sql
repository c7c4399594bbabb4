-- The picture of this moment, one row, for the metrics answer.
select
    snapshot.total_persons,
    snapshot.persons_with_scout_satisfactory,
    snapshot.pct_scout_satisfactory,
    snapshot.persons_missing_scout,
    snapshot.conflicts_count,
    snapshot.backlog_a_events_without_scout as a_events_without_scout,
    snapshot.backlog_d_scout_in_events_not_in_ledger as d_scout_in_events_not_in_ledger,
    snapshot.backlog_c_legacy_no_events_no_ledger as c_legacy,
    snapshot.last_job_status::text as status,
    snapshot.last_job_ended_at as ended_at,
    snapshot.last_job_started_at as started_at,
    snapshot.last_job_duration_seconds as duration_seconds,
    snapshot.last_job_summary as summary,
    snapshot.last_job_error as error,
    snapshot.snapshot_timestamp
from ops.v_scout_attribution_metrics_snapshot as snapshot;
