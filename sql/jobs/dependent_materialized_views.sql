-- Materialised views that depend, directly or through other views, on a table of canon or observational, those that
-- others read first: schema, name, depth (largest number of views between it and a table), whether it can be
-- refreshed concurrently, whether it never held a row, the counters of its tables, and whether it is unchanged.
-- Unchanged: populated, no table that it reads was written to since its last refresh, and no day began (dates decide
-- what is due). Source tables are found behind the functions that read them (canon.read_…). The server counts the
-- writes, but not those of views and foreign tables, which always count as written to; with track_counts off nothing is
-- unchanged, after a crash it counts from zero.
with recursive readers as (
    select
        routine.oid as routine_oid,
        to_regclass(format('public.%%I', source.table_name))::oid as relation_oid
    from (select distinct named.table_name from canon.source_columns as named) as source
    inner join pg_proc as routine
        on
            routine.pronamespace = 'canon'::regnamespace
            and routine.proname ~ ('^read_' || source.table_name || '(_names|_hire_date)?$')
),

dependences as (
    select distinct
        coalesce(readers.relation_oid, dependence.refobjid) as used,
        rewrite.ev_class as user_view
    from pg_depend as dependence
    inner join pg_rewrite as rewrite on rewrite.oid = dependence.objid
    left join readers on dependence.refclassid = 'pg_proc'::regclass and readers.routine_oid = dependence.refobjid
    where
        dependence.classid = 'pg_rewrite'::regclass
        and (
            readers.relation_oid is not null
            or (dependence.refclassid = 'pg_class'::regclass and dependence.refobjid <> rewrite.ev_class)
        )
),

reachable as (
    select
        relation.oid,
        0 as depth
    from pg_class as relation
    where relation.relkind = 'r' and relation.relnamespace in ('canon'::regnamespace, 'observational'::regnamespace)
    union
    select
        dependences.user_view,
        reachable.depth + 1
    from reachable
    inner join dependences on dependences.used = reachable.oid
),

materialised as (
    select
        view.oid,
        view.relnamespace::regnamespace::text as schema_name,
        view.relname as view_name,
        view.relispopulated as is_populated,
        view.relispopulated and exists (
            select 1 from pg_index as index
            where
                index.indrelid = view.oid
                and index.indisunique
                and index.indisvalid
                and index.indpred is null
                and index.indexprs is null
        ) as is_concurrent,
        max(reachable.depth) as depth
    from reachable
    inner join pg_class as view on view.oid = reachable.oid and view.relkind = 'm'
    group by view.oid, view.relname, view.relnamespace, view.relispopulated
),

-- everything that each of them reads, directly or through others
read_by as (
    select
        materialised.oid as view_oid,
        materialised.oid as relation_oid
    from materialised
    union
    select
        read_by.view_oid,
        dependences.used
    from read_by
    inner join dependences on dependences.user_view = read_by.relation_oid
),

writes as (
    select
        read_by.view_oid,
        md5(string_agg(
            concat_ws(
                ' ', relation.oid,
                case
                    when relation.relkind = 'r'
                        then concat_ws(
                            ' ', relation.relfilenode, pg_stat_get_tuples_inserted(relation.oid),
                            pg_stat_get_tuples_updated(relation.oid), pg_stat_get_tuples_deleted(relation.oid)
                        )
                    else coalesce(
                        counters.identity || ' ' || counters.rows_inserted || ' ' || counters.table_bytes,
                        clock_timestamp()::text
                    )
                end
            ), ',' order by relation.oid
        )) as writes_seen
    from read_by
    inner join pg_class as relation on relation.oid = read_by.relation_oid
    cross join lateral ops.read_table_counters(relation.oid) as counters
    where
        (
            relation.relkind in ('r', 'p', 'f')
            -- a source may be a view, or a materialised one, of its owner
            or relation.oid in (select readers.relation_oid from readers)
        )
        -- each run writes its own row there; views take no more than the time zone from it
        and relation.oid <> 'ops.ingestion_runs'::regclass
    group by read_by.view_oid
)

select
    materialised.schema_name,
    materialised.view_name,
    materialised.depth,
    materialised.is_concurrent,
    refreshed.view_name is null and pg_relation_size(materialised.oid) = 0 as is_new,
    writes.writes_seen,
    materialised.is_populated
    and current_setting('track_counts')::boolean
    and coalesce(refreshed.writes_seen = writes.writes_seen, false)
    and coalesce(refreshed.local_day = (run.as_of at time zone run.timezone)::date, false) as is_unchanged
from materialised
inner join writes on writes.view_oid = materialised.oid
cross join ops.run_settings(%(run_id)s::integer) as run
left join ops.materialised_view_refreshes as refreshed
    on refreshed.view_name = materialised.schema_name || '.' || materialised.view_name
order by materialised.depth, materialised.view_name;
