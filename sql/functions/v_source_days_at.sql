-- The days of one source until a moment, with what was expected of each; see ops.v_source_days. SECURITY DEFINER:
-- readers need no right on the sources. A day without rows is judged like the others: usual_volumes reads earlier days
-- only, and of the day itself that there is one.
create or replace function ops.v_source_days_at(source text, moment timestamptz)
returns table (
    day date,
    rows_arrived bigint,
    rows_of_business_day bigint,
    usual_rows bigint,
    least_rows bigint,
    is_expected boolean,
    is_holiday boolean
)
language sql stable security definer
set search_path = pg_catalog, pg_temp
set jit = off -- compiling takes longer than the query
as $$
    with clock as (
        select
            (moment at time zone settings.timezone)::date as today,
            settings.country,
            expected.weekdays,
            expected.expected_cadence
        from ops.health_settings as settings
        inner join ops.source_expectations as expected on expected.source_name = source
    ),

    counted as materialized (
        select
            days.metric_type,
            days.day,
            sum(days.rows_count)::bigint as rows_count
        from ops.source_days_of(source, moment) as days
        where days.metric_type in ('business', 'ingestion')
        group by days.metric_type, days.day
    ),

    -- what arrived on a day is kept: a table that is reloaded forgets it
    arrived as materialized (
        select
            seen.day,
            max(seen.rows_count) as rows_count
        from (
            select counted.day, counted.rows_count from counted where counted.metric_type = 'ingestion'
            union all
            select known.day, known.rows_arrived from ops.source_volumes as known where known.source_name = source
        ) as seen
        group by seen.day
    ),

    shown as (
        select passed.day::date as day
        from clock
        cross join generate_series(clock.today - 41, clock.today, interval '1 day') as passed (day)
    )

    select
        shown.day,
        coalesce(arrived.rows_count, 0),
        coalesce(business.rows_count, 0),
        usual.usual_rows,
        usual.least_rows,
        clock.expected_cadence > interval '0'
        and (clock.weekdays is null or extract(isodow from shown.day) = any(clock.weekdays)),
        ops.is_holiday(shown.day, clock.country)
    from shown
    cross join clock
    left join arrived on arrived.day = shown.day
    left join counted as business on business.metric_type = 'business' and business.day = shown.day
    left join lateral (
        select
            volume.usual_rows,
            volume.least_rows
        from ops.usual_volumes(shown.day, clock.country, array(
            select row(source, past.day, past.rows_count, null::bigint)::ops.source_volumes
            from arrived as past
            where past.day between shown.day - 84 and shown.day - 1
            union all
            select row(source, shown.day, 1, null::bigint)::ops.source_volumes
        )) as volume
    ) as usual on true
$$;
