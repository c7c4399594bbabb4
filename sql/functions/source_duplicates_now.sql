-- Rows per source that count for nothing because there is a newer version of the same day, as of now; sources without
-- any are left out, and days that come in parts (setting) have none. As ops.source_days_now: stored counts if the table
-- did not change, plus a count of the new rows if rows were only added. SECURITY DEFINER: readers need no right on the
-- sources.
create or replace function ops.source_duplicates_now()
returns table (source_name text, rows_count bigint)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
set jit = off -- compiling takes longer than the query
as $$
declare
    source record;
    stored ops.source_counts;
    is_reusable boolean;
    is_current boolean;
    is_parts boolean := (select setting.come_in_parts from canon.trip_day_settings as setting);
begin
    select
        watched.source_name,
        counters.*,
        counters.table_bytes > settings.live_count_bytes as is_large
    into source
    from canon.watched_sources as watched
    cross join ops.health_settings as settings
    cross join lateral ops.read_table_counters(
        to_regclass(format('%I.%I', watched.schema_name, watched.object_name))
    ) as counters
    where watched.source_name = 'summary_daily';
    select counts.* into stored from ops.source_counts as counts where counts.source_name = source.source_name;
    is_reusable := coalesce(
        source.is_large and stored.identity = source.identity
        and pg_snapshot_xmax(pg_current_snapshot())::text::bigint - stored.horizon::text::bigint < 1000000000, false
    );
    is_current := is_reusable
        and stored.rows_inserted = source.rows_inserted and stored.table_bytes = source.table_bytes;
    return query
    select source.source_name, sum(counted.rows_count)::bigint
    from (
        select days.rows_count
        from ops.source_days as days
        where
            is_reusable
            and days.source_name = source.source_name
            and days.metric_type = 'duplicate'
            and (is_current or days.is_settled)
            and not is_parts
        union all
        select added.rows_count
        from ops.count_duplicates(case when is_reusable then age(stored.horizon::xid) end, null) as added
        where not is_current and not is_parts
    ) as counted
    having sum(counted.rows_count) > 0;
exception
    -- that it cannot be read is a row of ops.source_days_now
    when others then
        return;
end
$$;
