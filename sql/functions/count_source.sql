-- Counts the rows of a source per day in one pass. No other function reads all of a source's table.
--
-- since_age: count only rows whose transaction is not older than this, in transactions (`age(xid)`); NULL: all rows.
--
-- horizon_age: rows of older transactions are settled: those transactions have ended, and no further row of theirs can
-- appear. NULL: the difference does not matter, and all rows count as unsettled. Transaction ids wrap around: an age
-- below minus one billion is that of a very old row.
--
-- Rows are grouped by their dates as written, of which there are few, and these are parsed afterwards. The query is put
-- together when it is run: it plans the one source that it reads.
create or replace function ops.count_source(source_name text, since_age integer, horizon_age integer)
returns table (metric_type text, day date, is_settled boolean, rows_count bigint, last_at timestamptz)
language plpgsql stable
as $$
begin
    return query execute format($query$
    with written as (
        select
            arrival.business_date,
            arrival.business_text,
            coalesce(
                arrival.came_at_local, arrival.came_at at time zone (select zone.timezone from ops.health_settings as zone)
            )::date as came_on,
            count(*) as rows_count,
            case
                when $2 is null then count(*)
                else count(*) filter (where age(arrival.row_version) between -1000000000 and $2)
            end as unsettled_count,
            max(arrival.came_at_local) as last_local,
            max(arrival.came_at) as last_absolute
        from (%s) as arrival
        where $1 is null or age(arrival.row_version) between -1000000000 and $1
        group by 1, 2, 3
    ),

    dated as materialized (
        select
            coalesce(canon.plausible_date(written.business_date), canon.parse_date_file(written.business_text))
                as business_day,
            written.business_date is not null or written.business_text is not null as has_business_date,
            canon.plausible_date(written.came_on) as ingestion_day,
            parts.is_settled,
            parts.rows_count,
            coalesce(
                written.last_absolute,
                written.last_local at time zone (select zone.timezone from ops.health_settings as zone)
            ) as last_at
        from written
        cross join lateral (
            values (true, written.rows_count - written.unsettled_count), (false, written.unsettled_count)
        ) as parts (is_settled, rows_count)
        where parts.rows_count > 0
    )

    select
        part.metric_type, part.day, dated.is_settled, sum(dated.rows_count)::bigint,
        max(dated.last_at) filter (where part.metric_type = 'ingestion' and part.day is not null)
    from dated
    cross join lateral (
        values ('business', dated.business_day), ('ingestion', dated.ingestion_day), ('rubbish', null)
    ) as part (metric_type, day)
    where part.metric_type <> 'rubbish' or (dated.has_business_date and dated.business_day is null)
    group by part.metric_type, part.day, dated.is_settled
    $query$, canon.arrivals_query(source_name)) using since_age, horizon_age;
end
$$;
