-- Rows of one source per day as of now, also when no health check runs; those ahead of the moment per hour, see
-- ops.count_source. Of a large source: its stored counts if the server's counters did not change, plus a count of the
-- new rows if rows were only added, else a count of the whole table. Small sources are always counted. One that cannot
-- be read has a row of metric_type `problem`. No row: no source of that name is watched.
create or replace function ops.source_days_of(source text, moment timestamptz)
returns table (source_name text, metric_type text, day date, rows_count bigint, last_at timestamptz)
language plpgsql stable
set jit = off -- compiling takes longer than the query
as $$
declare
    found_now record;
    stored ops.source_counts;
    is_reusable boolean;
    is_current boolean;
begin
    select
        counters.*,
        counters.table_bytes > settings.live_count_bytes as is_large
    into found_now
    from canon.watched_sources as watched
    cross join ops.health_settings as settings
    cross join lateral ops.read_table_counters(
        to_regclass(format('%I.%I', watched.schema_name, watched.object_name))
    ) as counters
    where watched.source_name = source;
    if not found then
        return;
    end if;
    select counts.* into stored from ops.source_counts as counts where counts.source_name = source;
    is_reusable := coalesce(
        found_now.is_large and stored.identity = found_now.identity
        and pg_snapshot_xmax(pg_current_snapshot())::text::bigint - stored.horizon::text::bigint < 1000000000, false
    );
    is_current := is_reusable
        and stored.rows_inserted = found_now.rows_inserted and stored.table_bytes = found_now.table_bytes;
    if is_reusable then
        return query
        select days.source_name, days.metric_type, days.day, days.rows_count, days.last_at
        from ops.source_days as days
        where days.source_name = source and (is_current or days.is_settled);
    end if;
    if not is_current then
        return query
        select source, counted.metric_type, counted.day, counted.rows_count, counted.last_at
        from ops.count_source(
            source, case when is_reusable then age(stored.horizon::xid) end, null, moment
        ) as counted;
    end if;
exception
    -- one source that cannot be looked at must not hide the others
    when others then
        return query
        select source, 'problem', null::date, 0::bigint, null::timestamptz;
end
$$;
