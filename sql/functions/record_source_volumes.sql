-- Records how many rows of each source arrived on each of the last days, and how many it has: the most that was ever
-- seen of a day, because a table that is updated, reloaded or emptied does not keep it. Idempotent.
create or replace function ops.record_source_volumes(moment timestamptz)
returns void
language sql
set jit = off -- compiling takes longer than the query
as $$
    with clock as (
        select (moment at time zone settings.timezone)::date as today
        from ops.health_settings as settings
    ),

    arrivals as materialized (
        select
            counted.source_name,
            counted.day,
            sum(counted.rows_count)::bigint as rows_count
        from ops.source_days_now(moment) as counted
        where counted.metric_type = 'ingestion'
        group by counted.source_name, counted.day
    )

    insert into ops.source_volumes as known (source_name, day, rows_arrived, total_rows)
    select
        source.source_name,
        passed.day::date,
        coalesce(arrivals.rows_count, 0),
        case
            when passed.day = clock.today then (
                select coalesce(sum(every.rows_count), 0)::bigint
                from arrivals as every
                where every.source_name = source.source_name
            )
        end
    from canon.watched_sources as source
    cross join clock
    cross join lateral generate_series(clock.today - 84, clock.today, interval '1 day') as passed (day)
    left join arrivals on arrivals.source_name = source.source_name and arrivals.day = passed.day
    where arrivals.rows_count > 0 or passed.day = clock.today
    on conflict (source_name, day) do update
    set
        rows_arrived = greatest(known.rows_arrived, excluded.rows_arrived),
        total_rows = greatest(known.total_rows, excluded.total_rows)
    where
        excluded.rows_arrived > known.rows_arrived
        or excluded.total_rows > coalesce(known.total_rows, -1)
$$;
