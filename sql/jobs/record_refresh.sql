-- Records the refresh of a materialised view, with the counters of its tables from before it.
insert into ops.materialised_view_refreshes as refreshed (
    view_name, refreshed_at, local_day, writes_seen, seconds, run_id
)
select
    %(view_name)s,
    clock_timestamp(),
    (run.as_of at time zone run.timezone)::date,
    %(writes_seen)s,
    %(seconds)s,
    %(run_id)s::integer
from ops.run_settings(%(run_id)s::integer) as run
on conflict (view_name) do update set
    refreshed_at = excluded.refreshed_at,
    local_day = excluded.local_day,
    writes_seen = excluded.writes_seen,
    seconds = excluded.seconds,
    run_id = excluded.run_id;
