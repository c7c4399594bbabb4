-- What the server says of a table without reading it: whether rows came (rows_inserted, table_bytes) and whether rows
-- that were there may have changed or gone (identity: its file, rows updated and deleted, when counting began anew;
-- also the zone in which days are counted). All NULL where it cannot say: a view, a foreign or partitioned table, or
-- track_counts is off. What a transaction did shows up to ten seconds after its commit.
create or replace function ops.read_table_counters(
    source regclass, out identity text, out rows_inserted bigint, out table_bytes bigint
)
language sql stable
as $$
    select
        concat_ws(
            '|', relation.relfilenode, pg_stat_get_tuples_updated(relation.oid),
            pg_stat_get_tuples_deleted(relation.oid), settings.timezone,
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
