-- Counts the rows of a source per day in one pass. No other function reads all of a source's table.
--
-- since_age: count only rows whose transaction is not older than this, in transactions (`age(xid)`); NULL: all rows.
--
-- horizon_age: rows of older transactions are settled: those transactions have ended, and no further row of theirs can
-- appear. NULL: the difference does not matter, and all rows count as unsettled. Transaction ids wrap around: an age
-- below minus one billion is that of a very old row.
--
-- moment: the clock. Rows whose stamp is ahead of it are counted per hour (ahead_hour, as written), since they will not
-- be ahead for ever; all others per day.
--
-- Rows are grouped by their dates as written, of which there are few, and these are parsed afterwards. The query is put
-- together when it is run: it plans the one source that it reads.
create or replace function ops.count_source(
    source_name text, since_age integer, horizon_age integer, moment timestamptz
)
returns table (
    metric_type text, day date, ahead_hour timestamp, is_settled boolean, rows_count bigint, last_at timestamptz
)
language plpgsql stable
as $$
begin
    return query execute format($query$
    with zones as materialized (
        select
            settings.timezone as local_zone,
            source.stamp_zone,
            source.stamp_zone = settings.timezone as is_local,
            $4 at time zone source.stamp_zone as moment_as_written
        from ops.health_settings as settings
        inner join ops.source_expectations as source on source.source_name = $3
    ),

    written as (
        select
            arrival.business_date,
            arrival.business_text,
            case
                -- arithmetic on infinity and on dates of other ages fails
                when
                    zones.is_local
                    or arrival.came_at_local not between timestamp '1990-01-01' and timestamp '2110-01-01'
                    then coalesce(arrival.came_at_local, arrival.came_at at time zone zones.local_zone)
                else coalesce(arrival.came_at_local at time zone zones.stamp_zone, arrival.came_at)
                    at time zone zones.local_zone
            end::date as came_on,
            case
                when coalesce(arrival.came_at_local > zones.moment_as_written, arrival.came_at > $4)
                    then date_trunc('hour', coalesce(arrival.came_at_local, arrival.came_at at time zone 'UTC'))
            end as ahead_hour,
            count(*) as rows_count,
            case
                when $2 is null then count(*)
                else count(*) filter (where age(arrival.row_version) between -1000000000 and $2)
            end as unsettled_count,
            max(arrival.came_at_local) as last_local,
            max(arrival.came_at) as last_absolute
        from (%s) as arrival
        cross join zones
        where $1 is null or age(arrival.row_version) between -1000000000 and $1
        group by 1, 2, 3, 4
    ),

    dated as materialized (
        select
            coalesce(canon.plausible_date(written.business_date), canon.parse_date_file(written.business_text))
                as business_day,
            written.business_date is not null or written.business_text is not null as has_business_date,
            canon.plausible_date(written.came_on) as ingestion_day,
            written.ahead_hour,
            parts.is_settled,
            parts.rows_count,
            case
                when canon.plausible_date(written.came_on) is not null
                    then coalesce(written.last_absolute, written.last_local at time zone zones.stamp_zone)
            end as last_at
        from written
        cross join zones
        cross join lateral (
            values (true, written.rows_count - written.unsettled_count), (false, written.unsettled_count)
        ) as parts (is_settled, rows_count)
        where parts.rows_count > 0
    )

    select
        part.metric_type, part.day, part.ahead_hour, dated.is_settled, sum(dated.rows_count)::bigint,
        max(dated.last_at) filter (where part.metric_type = 'ingestion')
    from dated
    cross join lateral (
        values
        ('business', dated.business_day, null::timestamp),
        ('ingestion', dated.ingestion_day, case when dated.ingestion_day is not null then dated.ahead_hour end),
        ('rubbish', null, null)
    ) as part (metric_type, day, ahead_hour)
    where part.metric_type <> 'rubbish' or (dated.has_business_date and dated.business_day is null)
    group by part.metric_type, part.day, part.ahead_hour, dated.is_settled
    $query$, canon.arrivals_query(source_name)) using since_age, horizon_age, source_name, moment;
end
$$;
