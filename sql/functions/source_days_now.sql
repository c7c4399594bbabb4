-- Rows per source and day as they are at this moment, whether or not anything counts them regularly: the bookkeeping
-- where the server says that nothing was written since, plus what came since where rows were only added, else a count
-- of the table. Small sources are always counted.
create or replace function ops.source_days_now()
returns table (source_name text, metric_type text, day date, rows_count bigint, last_at timestamptz)
language plpgsql stable
set jit = off -- compiling costs more than counting
as $$
declare
    source record;
    kept ops.source_counts;
    is_kept boolean;
begin
    for source in
        select
            watched.source_name,
            counters.*,
            counters.table_bytes > settings.live_count_bytes as is_large
        from canon.watched_sources as watched
        cross join ops.health_settings as settings
        left join lateral ops.read_table_counters(
            to_regclass(format('%I.%I', watched.schema_name, watched.object_name))
        ) as counters on true
    loop
        select counts.* into kept from ops.source_counts as counts where counts.source_name = source.source_name;
        is_kept := coalesce(
            source.is_large and kept.identity = source.identity
            and pg_snapshot_xmax(pg_current_snapshot())::text::bigint - kept.horizon::text::bigint < 1000000000, false
        );
        if is_kept and kept.rows_inserted = source.rows_inserted and kept.table_bytes = source.table_bytes then
            return query
            select days.source_name, days.metric_type, days.day, days.rows_count, days.last_at
            from ops.source_days as days
            where days.source_name = source.source_name;
        else
            if is_kept then
                return query
                select days.source_name, days.metric_type, days.day, days.rows_count, days.last_at
                from ops.source_days as days
                where days.source_name = source.source_name and days.is_settled;
            end if;
            return query
            select source.source_name, counted.metric_type, counted.day, counted.rows_count, counted.last_at
            from ops.count_source(source.source_name, case when is_kept then age(kept.horizon::xid) end, null) as counted;
        end if;
    end loop;
end
$$;
