-- Of which moment the list of claims is: the claims are those of their last refresh, the scouts those of this run.
insert into canon.kept_lists as kept (list_name, kept_at, run_id, settings)
select
    'claims',
    run.as_of,
    %(run_id)s::integer,
    %(settings)s::text
from ops.run_settings(%(run_id)s::integer) as run
on conflict (list_name) do update set
    kept_at = excluded.kept_at,
    run_id = excluded.run_id,
    settings = excluded.settings;
