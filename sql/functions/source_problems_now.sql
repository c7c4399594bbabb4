-- Why each source that cannot be read cannot, in one text per source: what the catalogue says of its table
-- (canon.source_problems), else what went wrong at the last health check. code: SQLSTATE of the latter. SECURITY
-- DEFINER: readers need no right on the sources.
create or replace function ops.source_problems_now()
returns table (source_name text, problem text, code text)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    with obstacles as (
        select
            source.source_name,
            string_agg(
                concat_ws(
                    ' ', concat_ws('.', 'public', problem.table_name, problem.column_name), problem.found,
                    '(understood: ' || problem.types_understood || ')'
                ), '; '
            ) as problem
        from canon.source_problems() as problem
        inner join canon.watched_sources as source
            on source.schema_name = 'public' and source.object_name = problem.table_name
        group by source.source_name
    )

    select
        source.source_name,
        coalesce(obstacles.problem, counts.problem),
        case when obstacles.problem is null then counts.problem_code end
    from canon.watched_sources as source
    left join obstacles on obstacles.source_name = source.source_name
    left join ops.source_counts as counts on counts.source_name = source.source_name
    where coalesce(obstacles.problem, counts.problem) is not null
$$;
