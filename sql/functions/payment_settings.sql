-- What the money of all persons depends on, as of now, in one row: time zone, whether days of trips come in parts,
-- rules in force and the currency of those that name none (one digest), the server's counters of the table of trips
-- (taken before the trips are read, so that later ones are read next time), and the snapshot. trips_identity is NULL
-- if the trips are no plain table. Security definer: readers of the read models have no right on the counters.
create or replace function ops.payment_settings()
returns table (settings text, trips_identity text, trips_seen text, horizon xid8, next_transaction numeric)
language sql stable security definer rows 1
set search_path = pg_catalog, pg_temp
as $$
    select
        md5(concat_ws(
            '|', zone.timezone,
            (select setting.come_in_parts from canon.trip_day_settings as setting),
            (
                select string_agg(to_jsonb(rule)::text, '|' order by rule.rule_scope, rule.rule_id)
                from canon.payment_rules_in_force as rule
            ),
            ops.default_currency()
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
