-- How fresh each source is at a moment; see ops.v_data_freshness_status. SECURITY DEFINER: readers need no right on
-- the sources.
--
-- A source that cannot be read has no total_rows (NULL).
--
-- Dates in the future must not make a source fresh for ever. Business days after the moment's local day do not count.
-- Arrivals up to a day later count as just arrived (another clock or time zone); later ones do not count.
create or replace function ops.v_data_freshness_status_at(moment timestamptz)
returns table (
    source_name text,
    max_business_date date,
    business_days_lag integer,
    max_ingestion_ts timestamptz,
    ingestion_lag_interval interval,
    rows_business_yesterday bigint,
    rows_business_today bigint,
    rows_ingested_yesterday bigint,
    rows_ingested_today bigint,
    last_ingestion_date date,
    total_rows bigint,
    rubbish_count bigint,
    rows_dated_ahead bigint
)
language sql stable security definer
set search_path = pg_catalog, pg_temp
set jit = off -- compiling takes longer than the query
as $$
    with clock as (
        select (moment at time zone settings.timezone)::date as today
        from ops.health_settings as settings
    ),

    counted as (
        select
            source.source_name,
            clock.today,
            max(days.day) filter (where days.metric_type = 'business' and days.day <= clock.today) as max_business_date,
            max(days.last_at) filter (where days.day <= clock.today + 1) as max_ingestion_ts,
            least(
                max(days.day) filter (where days.metric_type = 'ingestion' and days.day <= clock.today + 1), clock.today
            ) as last_ingestion_date,
            sum(days.rows_count) filter (where days.metric_type = 'business' and days.day = clock.today - 1)
                as rows_business_yesterday,
            sum(days.rows_count) filter (where days.metric_type = 'business' and days.day = clock.today)
                as rows_business_today,
            sum(days.rows_count) filter (where days.metric_type = 'ingestion' and days.day = clock.today - 1)
                as rows_ingested_yesterday,
            sum(days.rows_count) filter (where days.metric_type = 'ingestion' and days.day = clock.today)
                as rows_ingested_today,
            sum(days.rows_count) filter (where days.metric_type = 'ingestion') as total_rows,
            sum(days.rows_count) filter (where days.metric_type = 'rubbish') as rubbish_count,
            coalesce(bool_or(days.metric_type = 'problem'), false) as is_unreadable,
            sum(days.rows_count) filter (where days.metric_type = 'ingestion' and days.day > clock.today + 1)
                as rows_dated_ahead
        from canon.watched_sources as source
        cross join clock
        left join ops.source_days_now() as days on days.source_name = source.source_name
        group by source.source_name, clock.today
    )

    select
        counted.source_name,
        counted.max_business_date,
        counted.today - counted.max_business_date,
        counted.max_ingestion_ts,
        greatest(moment - counted.max_ingestion_ts, interval '0'),
        coalesce(counted.rows_business_yesterday, 0)::bigint,
        coalesce(counted.rows_business_today, 0)::bigint,
        coalesce(counted.rows_ingested_yesterday, 0)::bigint,
        coalesce(counted.rows_ingested_today, 0)::bigint,
        counted.last_ingestion_date,
        case when not counted.is_unreadable then coalesce(counted.total_rows, 0)::bigint end,
        coalesce(counted.rubbish_count, 0)::bigint,
        coalesce(counted.rows_dated_ahead, 0)::bigint
    from counted
$$;
