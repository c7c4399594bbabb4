-- The server's counters of a table, which need no read of the table. `rows_inserted` and `table_bytes` change when
-- rows are added. `identity` changes when existing rows may have changed: it contains the file, the counts of updated
-- and deleted rows, the times of counter resets, and the time zones in which days are counted and stamps written. All
-- are NULL when the server has no counters: for views, foreign and partitioned tables, or without track_counts. A
-- transaction shows up to ten seconds after its commit.
create or replace function ops.read_table_counters(
    source regclass, out identity text, out rows_inserted bigint, out table_bytes bigint
)
language sql stable
as $$
    select
        concat_ws(
            '|', relation.relfilenode, pg_stat_get_tuples_updated(relation.oid),
            pg_stat_get_tuples_deleted(relation.oid), settings.timezone, nullif(settings.source_zones, '{}'),
            'database counters since', extract(epoch from pg_stat_get_db_stat_reset_time(database.oid)),
            'server counters since', extract(epoch from pg_stat_get_bgwriter_stat_reset_time())
        ),
        pg_stat_get_tuples_inserted(relation.oid),
        pg_relation_size(relation.oid)
    from pg_class as relation
    cross join ops.health_settings as settings
    inner join pg_database as database on database.datname = current_database()
    where
        relation.oid = source
        and relation.relkind = 'r'
        and current_setting('track_counts')::boolean
$$;
