-- How many rows the run has to work off, at most one more than asked for: queued records and driver accounts, and keys
-- that changed. A run that evaluates every record, or counted frequencies anew, has more than any limit, and so has one
-- with a source that no complete run has read, unless it is a table of less than 2 MB.
-- Grain: one row.
select
    case
        when not run.is_incremental
            or exists (
                select 1 from canon.weights_versions as version
                where version.run_id is not null and not version.is_queued
            )
            or exists (
                select 1
                from canon.source_bindings as bound
                cross join lateral
                    ops.read_table_counters(to_regclass(format('public.%%I', bound.table_name))) as counters
                where
                    coalesce(counters.table_bytes >= 2 * 1024 * 1024, true)
                    and bound.read_identity is distinct from bound.seen_identity
                    and (
                        bound.table_name = 'drivers'
                        or exists (
                            select 1 from canon.record_sources as record where record.source_table = bound.table_name
                        )
                    )
            )
            then %(most)s::bigint + 1
        else
            (
                select count(*)
                from (
                    (select 1 from canon.evaluation_queue limit %(most)s::bigint + 1) -- noqa: AM09
                    union all
                    (select 1 from canon.dirty_keys limit %(most)s::bigint + 1) -- noqa: AM09
                    limit %(most)s::bigint + 1 -- noqa: AM09
                ) as waiting
            )
    end as waiting_rows
from ops.run_settings(%(run_id)s::integer) as run;
