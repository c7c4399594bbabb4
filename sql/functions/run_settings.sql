-- The clock and the settings of a run, fixed when it was opened. Every step reads them from here, so that it can be
-- repeated, and tested, as of any moment.
create or replace function ops.run_settings(run_id integer)
returns table (
    as_of timestamptz,
    timezone text,
    country text,
    target_park_id text,
    hot_value_people integer,
    scope_date_from date,
    scope_date_to date,
    source_tables text[],
    is_incremental boolean,
    is_index_refreshed boolean
)
language sql stable parallel safe rows 1
as $$
    select
        run.started_at,
        run.parameters ->> 'timezone',
        run.parameters ->> 'country',
        run.parameters ->> 'target_park_id',
        (run.parameters ->> 'hot_value_people')::integer,
        run.scope_date_from,
        run.scope_date_to,
        (select array_agg(source_table) from jsonb_array_elements_text(run.parameters -> 'source_tables') as source_table),
        run.incremental,
        coalesce((run.parameters ->> 'refresh_index')::boolean, true)
    from ops.ingestion_runs as run
    where run.id = run_settings.run_id
$$;
