-- What decides about all payments at once, as it is now: the zone and the scouts' rules in force (as one digest), what
-- the server says of the trips (read before the trips are: what it does not tell yet is looked at the next time), and
-- the transactions. One row. Of trips that are no plain table the server says nothing: trips_identity is NULL.
-- By its owner's right: who may read the lists need not be allowed to read the counters.
create or replace function ops.payment_settings()
returns table (settings text, trips_identity text, trips_seen text, horizon xid8, next_transaction numeric)
language sql stable security definer rows 1
set search_path = pg_catalog, pg_temp
as $$
    select
        md5(concat_ws(
            '|', zone.timezone,
            (
                select string_agg(to_jsonb(rule)::text, '|' order by rule.rule_id)
                from canon.payment_rules_in_force as rule where rule.rule_scope = 'scout'
            )
        )),
        counters.identity,
        concat_ws('|', counters.rows_inserted, counters.table_bytes),
        pg_snapshot_xmin(pg_current_snapshot()),
        pg_snapshot_xmax(pg_current_snapshot())::text::numeric
    from ops.local_time_zone as zone
    inner join canon.watched_sources as source on source.source_name = 'summary_daily'
    cross join lateral ops.read_table_counters(
        to_regclass(format('%I.%I', source.schema_name, source.object_name))
    ) as counters
$$;
