-- What is measured of each source at a moment. Grain and key: source_name; sources without rows are included. SECURITY
-- DEFINER: readers need no right on the sources.
--
-- Dates in the future must not make a source fresh. Business days after the moment's local day do not count. Rows whose
-- stamp is ahead of the moment do not count as arrived (rows_dated_ahead), except by up to ten minutes, as clocks
-- differ. rows_just_ahead: those of them that are ahead by up to two days, which is a wrong clock or time zone; others
-- are typing errors.
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
    rows_just_ahead bigint
)
language sql stable security definer
set search_path = pg_catalog, pg_temp
set jit = off -- compiling takes longer than the query
as $$
    with clock as (
        select
            (moment at time zone settings.timezone)::date as today,
            moment + interval '10 minutes' as latest
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
    )

    select
        source.source_name,
        clock.today,
        max(days.day) filter (where days.metric_type = 'business' and days.day <= days.today),
        max(days.last_at) filter (where days.has_arrived),
        least(max(days.day) filter (where days.has_arrived), clock.today),
        coalesce(sum(days.rows_count) filter (where days.metric_type = 'business' and days.day = days.today - 1), 0)::bigint,
        coalesce(sum(days.rows_count) filter (where days.metric_type = 'business' and days.day = days.today), 0)::bigint,
        coalesce(sum(days.rows_count) filter (where days.metric_type = 'ingestion' and days.day = days.today - 1), 0)::bigint,
        coalesce(sum(days.rows_count) filter (where days.metric_type = 'ingestion' and days.day = days.today), 0)::bigint,
        coalesce(sum(days.rows_count) filter (where days.metric_type = 'ingestion'), 0)::bigint,
        coalesce(sum(days.rows_count) filter (where days.metric_type = 'rubbish'), 0)::bigint,
        coalesce(sum(days.rows_count) filter (where days.is_ahead), 0)::bigint,
        coalesce(sum(days.rows_count) filter (where days.is_ahead and days.last_at <= moment + interval '2 days'), 0)::bigint
    from canon.watched_sources as source
    cross join clock
    left join days on days.source_name = source.source_name
    group by source.source_name, clock.today
$$;
