-- What is measured of each source at a moment. Grain and key: source_name; sources without rows are included; one that
-- cannot be read has no total_rows (NULL). Called by functions that read with their owner's right.
--
-- Dates in the future must not make a source fresh. Business days after the moment's local day do not count. Rows whose
-- stamp is ahead of the moment do not count as arrived (rows_dated_ahead), except by up to ten minutes, as clocks
-- differ. rows_just_ahead: those of them that are ahead by up to two days, which is a wrong clock or time zone; others
-- are typing errors.
--
-- volume_day: the last whole day, if its rows can be compared with the usual (ops.usual_volumes). rows_before: the most
-- rows that it had since the day before.
create or replace function ops.measure_sources(moment timestamptz)
returns table (
    source_name text,
    today date,
    max_business_date date,
    max_ingestion_ts timestamptz,
    last_ingestion_date date,
    rows_business_yesterday bigint,
    rows_business_today bigint,
    rows_ingested_yesterday bigint,
    rows_ingested_today bigint,
    total_rows bigint,
    rubbish_count bigint,
    rows_dated_ahead bigint,
    rows_just_ahead bigint,
    volume_day date,
    rows_of_day bigint,
    usual_rows bigint,
    least_rows bigint,
    rows_before bigint
)
language sql stable
set search_path = pg_catalog, pg_temp
set jit = off -- compiling takes longer than the query
as $$
    with clock as (
        select
            (moment at time zone settings.timezone)::date as today,
            moment + interval '10 minutes' as latest,
            settings.country
        from ops.health_settings as settings
    ),

    days as materialized (
        select
            counted.*,
            clock.today,
            coalesce(counted.last_at <= clock.latest, false) as has_arrived,
            coalesce(counted.last_at > clock.latest, false) as is_ahead
        from ops.source_days_now(moment) as counted
        cross join clock
    ),

    volumes as (
        select array_agg(row(seen.source_name, seen.day, seen.rows_count, null::bigint)::ops.source_volumes) as seen
        from (
            select
                days.source_name,
                days.day,
                sum(days.rows_count)::bigint as rows_count
            from days
            where days.has_arrived and days.day between days.today - 85 and days.today - 1
            group by days.source_name, days.day
            union all
            select
                known.source_name,
                known.day,
                known.rows_arrived
            from ops.source_volumes as known
            inner join clock on known.day between clock.today - 85 and clock.today - 1
        ) as seen
    ),

    usual as (
        select volume.*
        from clock
        cross join volumes
        cross join lateral ops.usual_volumes(clock.today - 1, clock.country, volumes.seen) as volume
    ),

    before as (
        select
            known.source_name,
            max(known.total_rows) as rows_before
        from ops.source_volumes as known
        inner join clock on known.day between clock.today - 1 and clock.today
        group by known.source_name
    )

    select
        source.source_name,
        clock.today,
        max(days.day) filter (where days.metric_type = 'business' and days.day <= days.today),
        max(days.last_at) filter (where days.has_arrived),
        least(max(days.day) filter (where days.has_arrived), clock.today),
        coalesce(
            sum(days.rows_count) filter (where days.metric_type = 'business' and days.day = days.today - 1), 0
        )::bigint,
        coalesce(
            sum(days.rows_count) filter (where days.metric_type = 'business' and days.day = days.today), 0
        )::bigint,
        coalesce(
            sum(days.rows_count) filter (where days.metric_type = 'ingestion' and days.day = days.today - 1), 0
        )::bigint,
        coalesce(
            sum(days.rows_count) filter (where days.metric_type = 'ingestion' and days.day = days.today), 0
        )::bigint,
        case
            when not coalesce(bool_or(days.metric_type = 'problem'), false)
                then coalesce(sum(days.rows_count) filter (where days.metric_type = 'ingestion'), 0)::bigint
        end,
        coalesce(sum(days.rows_count) filter (where days.metric_type = 'rubbish'), 0)::bigint,
        coalesce(sum(days.rows_count) filter (where days.is_ahead), 0)::bigint,
        coalesce(
            sum(days.rows_count) filter (where days.is_ahead and days.last_at <= moment + interval '2 days'), 0
        )::bigint,
        case when usual.usual_rows is not null then clock.today - 1 end,
        usual.rows_of_day,
        usual.usual_rows,
        usual.least_rows,
        before.rows_before
    from canon.watched_sources as source
    cross join clock
    left join days on days.source_name = source.source_name
    left join usual on usual.source_name = source.source_name
    left join before on before.source_name = source.source_name
    group by
        source.source_name, clock.today, usual.rows_of_day, usual.usual_rows, usual.least_rows, before.rows_before
$$;
