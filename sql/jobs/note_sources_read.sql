-- Notes that a completed run of a job has read the tables that it saw when it was opened. A run that was limited has
-- not read enough. May be repeated.
update canon.source_bindings as bound
set read_identity = bound.seen_identity, read_at = clock_timestamp()
from ops.run_settings(%(run_id)s::integer) as run
where
    coalesce(run.scope_date_from, run.scope_date_to) is null
    and run.source_tables is null
    and run.is_index_refreshed
    and bound.read_identity is distinct from bound.seen_identity
    and (%(job_type)s::text = 'identity_run') = (
        bound.table_name = 'drivers'
        or exists (select from canon.record_sources as record where record.source_table = bound.table_name)
    );
