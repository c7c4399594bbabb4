-- Whether as many rows arrived on a day as usual on that weekday, from the rows of that day and twelve weeks before it.
-- Grain and key: source_name; none where there are fewer than four such weekdays, a usual of fewer than twenty rows, or
-- none on that day, which is late, not few.
--
-- Usual is the median of the same weekdays, which neither a weekend, a holiday nor an earlier drop moves. least_rows:
-- fewer are too few. It is 75 % of the usual where days are alike, and less the more they differ from their usual:
-- 3.2 standard deviations below it, so that a day is told wrongly less than once a year. The deviation is the median
-- one of all days (of a normal distribution 1 / 1.4826 of the standard deviation), and more while the usual itself is
-- known from a few weeks only. Where days differ no more than counts do by chance (Poisson), whose lower side is the
-- shorter one, the deviations are counted on the scale of square roots. Public holidays do not count, and are judged
-- only where those of the last weeks were like any other day.
create or replace function ops.usual_volumes(volume_day date, country text, volumes ops.source_volumes[])
returns table (source_name text, rows_of_day bigint, usual_rows bigint, least_rows bigint)
language sql immutable
as $$
    with calendar as materialized (
        select
            passed.day::date as day,
            ops.is_holiday(passed.day::date, country) as is_holiday
        from generate_series(volume_day - 84, volume_day, interval '1 day') as passed (day)
    ),

    counted as materialized (
        select
            volume.source_name,
            volume.day,
            calendar.is_holiday,
            extract(isodow from volume.day) as weekday,
            max(volume.rows_arrived)::float8 as rows_count
        from unnest(volumes) as volume
        inner join calendar on calendar.day = volume.day
        where volume.rows_arrived > 0
        group by volume.source_name, volume.day, calendar.is_holiday
    ),

    usual as (
        select
            counted.source_name,
            counted.weekday,
            count(*) as weeks,
            percentile_cont(0.5) within group (order by counted.rows_count) as rows_count
        from counted
        where counted.day < volume_day and not counted.is_holiday
        group by counted.source_name, counted.weekday
    ),

    shares as (
        select
            counted.source_name,
            counted.is_holiday,
            counted.rows_count / usual.rows_count as share
        from counted
        inner join usual on usual.source_name = counted.source_name and usual.weekday = counted.weekday
        where counted.day < volume_day and usual.weeks >= 3
    ),

    spread as (
        select
            shares.source_name,
            1.4826 * percentile_cont(0.5) within group (order by abs(shares.share - 1))
                filter (where not shares.is_holiday) as share,
            percentile_cont(0.5) within group (order by shares.share) filter (where shares.is_holiday) as holiday_share
        from shares
        group by shares.source_name
    )

    select
        counted.source_name,
        counted.rows_count::bigint,
        round(usual.rows_count)::bigint,
        ceil(usual.rows_count * least(
            0.75,
            case
                when deviation.share <= 1.4 / sqrt(usual.rows_count)
                    then power(greatest(1 - 3.2 * deviation.share / 2, 0), 2)
                else greatest(1 - 3.2 * deviation.share, 0)
            end
        ))::bigint
    from counted
    inner join usual on usual.source_name = counted.source_name and usual.weekday = counted.weekday
    inner join spread on spread.source_name = counted.source_name
    -- the median of few days lies nearer to them than to those to come, and is itself known to a share of a deviation
    cross join lateral (
        select spread.share * (1 + 1.2 / usual.weeks) * sqrt(1 + 1.57 / usual.weeks) as share
    ) as deviation
    where
        counted.day = volume_day
        and usual.weeks >= 4
        and usual.rows_count >= 20
        and (not counted.is_holiday or spread.holiday_share >= 0.75)
$$;
