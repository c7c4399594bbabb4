-- Of which moment the list of claims is: the claims are those of their last refresh, the scouts those of this run.
insert into canon.read_model_refreshes as kept (read_model, refreshed_at, run_id, settings)
select
    'claims',
    run.as_of,
    %(run_id)s::integer,
    %(settings)s::text
from ops.run_settings(%(run_id)s::integer) as run
on conflict (read_model) do update set
    refreshed_at = excluded.refreshed_at,
    run_id = excluded.run_id,
    settings = excluded.settings;
