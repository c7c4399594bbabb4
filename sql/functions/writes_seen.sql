-- A digest of the server's counters of all tables that a view reads, directly or through other views; it is the same
-- while none of them is written to. Source tables are found behind the functions that read them (canon.read_…). Views
-- and foreign tables of others have no counters and always count as written to, and so does everything with
-- track_counts off; after a crash counters begin at zero. NULL: the view reads no table.
create or replace function canon.writes_seen(view_read oid)
returns text
language sql stable
as $$
    with recursive readers as materialized (
        select
            routine.oid as routine_oid,
            to_regclass(format('public.%I', source.table_name))::oid as relation_oid
        from (select distinct named.table_name from canon.source_columns as named) as source
        inner join pg_proc as routine
            on
                routine.pronamespace = 'canon'::regnamespace
                and routine.proname ~ ('^read_' || source.table_name || '(_names|_hire_date|_current)?$')
    ),

    read_by as (
        select view_read as relation_oid
        union
        select coalesce(readers.relation_oid, dependence.refobjid)
        from read_by
        inner join pg_rewrite as rewrite on rewrite.ev_class = read_by.relation_oid
        inner join pg_depend as dependence
            on dependence.classid = 'pg_rewrite'::regclass and dependence.objid = rewrite.oid
        left join readers on dependence.refclassid = 'pg_proc'::regclass and readers.routine_oid = dependence.refobjid
        where readers.relation_oid is not null or dependence.refclassid = 'pg_class'::regclass
    )

    select
        md5(string_agg(
            concat_ws(
                ' ', relation.oid,
                case
                    when relation.relkind = 'r' and current_setting('track_counts')::boolean
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
        ))
    from read_by
    inner join pg_class as relation on relation.oid = read_by.relation_oid
    cross join lateral ops.read_table_counters(relation.oid) as counters
    where
        (
            relation.relkind in ('r', 'p', 'f')
            -- a source may be a view, or a materialised one, of its owner
            or relation.oid in (select readers.relation_oid from readers)
        )
        -- each run writes its own rows there; views take no more than times from them
        and relation.oid not in ('ops.ingestion_runs'::regclass, 'ops.run_steps'::regclass)
$$;
