-- The server's counters of a table, which need no read of the table; of a partitioned one, the sums of its partitions.
-- `rows_inserted` and `table_bytes` change when rows are added. `identity` changes when existing rows may have changed:
-- it contains the files, the counts of updated and deleted rows, the times of counter resets, and the time zones in
-- which days are counted and stamps written. All are NULL when the server has no counters: for views and foreign
-- tables, where there is no table, or without track_counts. A transaction shows up to ten seconds after its commit.
create or replace function ops.read_table_counters(
    source regclass, out identity text, out rows_inserted bigint, out table_bytes bigint
)
language sql stable
as $$
    with parts as (
        select
            relation.oid,
            relation.relfilenode,
            relation.relkind in ('r', 'm') and current_setting('track_counts')::boolean as is_counted
        from pg_class as relation
        where
            relation.oid in (
                select source::oid union all select part.relid::oid from pg_partition_tree(source) as part
            )
            and relation.relkind <> 'p'
    ),

    counted as (
        select
            string_agg(parts.relfilenode::text, ',' order by parts.oid) as files,
            sum(pg_stat_get_tuples_inserted(parts.oid))::bigint as inserted,
            sum(pg_stat_get_tuples_updated(parts.oid)) as updated,
            sum(pg_stat_get_tuples_deleted(parts.oid)) as deleted,
            sum(pg_relation_size(parts.oid))::bigint as size
        from parts
        having bool_and(parts.is_counted)
    )

    select
        case
            when counted.inserted is not null
                then concat_ws(
                    '|', counted.files, counted.updated, counted.deleted, settings.timezone,
                    nullif(settings.source_zones, '{}'), 'database counters since',
                    extract(epoch from pg_stat_get_db_stat_reset_time(database.oid)),
                    'server counters since', extract(epoch from pg_stat_get_bgwriter_stat_reset_time())
                )
        end,
        counted.inserted,
        counted.size
    from ops.health_settings as settings
    inner join pg_database as database on database.datname = current_database()
    inner join counted on true
    -- always a row, so that a variable of this type is assigned
    right join (values (true)) as one (is_row) on true
$$;
