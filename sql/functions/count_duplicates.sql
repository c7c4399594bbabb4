-- Counts the rows of summary_daily that count for nothing because the driver's day has a newer version: all rows of a
-- day but one. The parameters are those of ops.count_source: rows of older
-- transactions than since_age are not counted, and only looked at to know which days were there already.
create or replace function ops.count_duplicates(since_age integer, horizon_age integer)
returns table (is_settled boolean, rows_count bigint)
language sql stable
as $$
    with days as (
        select
            daily.driver_id,
            daily.trip_date,
            count(*) filter (where horizon_age is null or daily.row_age between -1000000000 and horizon_age)
                as unsettled,
            count(*) as loaded
        from canon.source_daily_trips as daily
        where
            daily.trip_date is not null
            and (since_age is null or daily.row_age between -1000000000 and since_age)
        group by daily.driver_id, daily.trip_date
    ),

    known as (
        select
            days.*,
            since_age is not null and exists (
                select 1
                from canon.source_daily_trips as older
                where
                    older.driver_id = days.driver_id
                    and older.trip_date = days.trip_date
                    and older.row_age not between -1000000000 and since_age
            ) as is_known
        from days
    ),

    -- of the days that are new the first row is no duplicate: a settled one, if there is one
    counted as (
        select
            sum(known.loaded - known.unsettled)
            - count(*) filter (where not known.is_known and known.loaded > known.unsettled) as settled,
            sum(known.unsettled)
            - count(*) filter (where not known.is_known and known.loaded = known.unsettled) as unsettled
        from known
    )

    select part.is_settled, part.rows_count::bigint
    from counted
    cross join lateral (values (true, counted.settled), (false, counted.unsettled)) as part (is_settled, rows_count)
    where part.rows_count > 0
$$;
