-- When the load after one at `last_at` is due: one cadence later, of which only hours of the expected days of the week
-- count (1 is Monday; NULL: all seven). A source loaded from Monday to Friday that came on Friday at 21:00 is due on
-- Monday at 21:00. Days are those of the time zone, counted in seconds: a day is as long as it is there.
create or replace function ops.due_at(last_at timestamptz, cadence interval, weekdays integer[], timezone text)
returns timestamptz
language sql stable parallel safe
as $$
    with expected_days as (
        select
            greatest(last_at, local.day::timestamp at time zone timezone) as starts_at,
            (local.day + 1)::timestamp at time zone timezone as ends_at
        from generate_series(0, 7 * ceil(extract(epoch from cadence) / 86400 + 1)::integer) as passed (days)
        cross join lateral (select (last_at at time zone timezone)::date + passed.days as day) as local
        where extract(isodow from local.day) = any(weekdays)
    ),

    counted as (
        select
            expected_days.*,
            extract(epoch from expected_days.ends_at - expected_days.starts_at) as seconds,
            sum(extract(epoch from expected_days.ends_at - expected_days.starts_at))
                over (order by expected_days.starts_at) as seconds_until_end
        from expected_days
    )

    select case
        when weekdays is null then last_at + cadence
        else (
            select counted.starts_at + make_interval(
                secs => (extract(epoch from cadence) - (counted.seconds_until_end - counted.seconds))::float8
            )
            from counted
            where counted.seconds_until_end > extract(epoch from cadence)
            order by counted.starts_at
            limit 1
        )
    end
$$;
