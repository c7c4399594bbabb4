-- Rows per source and day, for a moment's local day and the 90 days before; see ops.v_data_ingestion_daily. SECURITY
-- DEFINER: readers need no right on the sources.
create or replace function ops.v_data_ingestion_daily_at(moment timestamptz)
returns table (source_name text, metric_type text, metric_date date, rows_count bigint)
language sql stable security definer
set search_path = pg_catalog, pg_temp
set jit = off -- compiling takes longer than the query
as $$
    with clock as (
        select (moment at time zone settings.timezone)::date as today
        from ops.health_settings as settings
    )

    select
        days.source_name,
        days.metric_type,
        days.day,
        sum(days.rows_count)::bigint
    from ops.source_days_now(moment) as days
    inner join clock on days.day between clock.today - 90 and clock.today
    inner join canon.watched_sources as source on source.source_name = days.source_name
    where days.metric_type = 'ingestion' or (days.metric_type = 'business' and source.business_date_expr is not null)
    group by days.source_name, days.metric_type, days.day
$$;
