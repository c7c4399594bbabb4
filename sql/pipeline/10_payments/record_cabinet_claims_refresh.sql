-- Of which moment the claims are, and up to where trips and payments were read.
insert into canon.read_model_refreshes as kept (
    read_model, refreshed_at, run_id, settings, trips_identity, trips_seen, trips_horizon, horizon, payments_seen
)
select
    'cabinet_claims',
    run.as_of,
    %(run_id)s::integer,
    %(settings)s::text,
    %(trips_identity)s::text,
    %(trips_seen)s::text,
    %(trips_horizon)s::text::xid8,
    %(horizon)s::text::xid8,
    %(payments_seen)s::text
from ops.run_settings(%(run_id)s::integer) as run
on conflict (read_model) do update set
    refreshed_at = excluded.refreshed_at,
    run_id = excluded.run_id,
    settings = excluded.settings,
    trips_identity = excluded.trips_identity,
    trips_seen = excluded.trips_seen,
    trips_horizon = excluded.trips_horizon,
    horizon = excluded.horizon,
    payments_seen = excluded.payments_seen;
