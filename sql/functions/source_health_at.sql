-- The state of each source at a moment: every state that holds, and the worst of them, with the figures of its volume;
-- see ops.v_data_health_status. Grain and key: source_name. SECURITY DEFINER: readers need no right on the sources.
--
-- A load is due one cadence after the last one (ops.due_at). All limits are hours since then, alike at every time of
-- day, so that a daily load at 03:00 is not yellow from midnight on: after the grace it is yellow, after 18 hours red,
-- and after as many more as make two days of a daily source. The newest business day may be one cadence behind the day
-- of the last load, and must not fall further behind while the load is late. A value exactly on a limit has the better
-- state. Sources of type activity (trips of the day before) show by their business day that they are late; masters have
-- no business days, and no state for them. How late a source is whose stamps are all ahead of the clock is unknown. Few
-- rows: on the last whole day against its weekdays, or less than 60 % of those that it had since the day before.
-- Whatever else holds, a table that was replaced since it was read comes first; a source that cannot be read has no
-- other state.
create or replace function ops.source_health_at(moment timestamptz)
returns table (
    source_name text,
    source_type text,
    max_business_date date,
    business_days_lag integer,
    max_ingestion_ts timestamptz,
    ingestion_lag_interval interval,
    rows_business_yesterday bigint,
    rows_business_today bigint,
    rows_ingested_yesterday bigint,
    rows_ingested_today bigint,
    health_status text,
    severity text,
    states text[],
    expected_cadence interval,
    due_at timestamptz,
    rubbish_count bigint,
    total_rows bigint,
    rows_dated_ahead bigint,
    is_optional boolean,
    checked_at timestamptz,
    volume_day date,
    rows_of_day bigint,
    usual_rows bigint,
    least_rows bigint,
    rows_before bigint
)
language sql stable security definer
set search_path = pg_catalog, pg_temp
set jit = off -- compiling takes longer than the query
as $$
    with measured as (
        select
            fresh.*,
            source.source_type,
            source.business_date_expr,
            source.expected_cadence,
            source.is_optional,
            days.cadence_days,
            due.due_at,
            due.due_at + source.grace < moment as is_late,
            moment - due.due_at as late_by,
            ops.expected_days(fresh.max_business_date, fresh.last_ingestion_date, source.weekdays) as days_behind,
            coalesce(counts.had_rows, false) as had_rows,
            exists (
                select from canon.replaced_sources as replaced
                where source.schema_name = 'public' and replaced.table_name = source.object_name
            ) as is_replaced
        from ops.source_expectations as source
        cross join ops.health_settings as settings
        inner join ops.measure_sources(moment) as fresh on fresh.source_name = source.source_name
        cross join lateral (
            select greatest(1, ceil(extract(epoch from source.expected_cadence) / 86400))::integer as cadence_days
        ) as days
        cross join lateral (
            select ops.due_at(
                fresh.max_ingestion_ts, nullif(source.expected_cadence, interval '0'), source.weekdays,
                settings.timezone
            ) as due_at
        ) as due
        left join ops.source_counts as counts on counts.source_name = source.source_name
    ),

    judged as (
        select
            measured.*,
            case when measured.is_replaced and measured.total_rows is not null then array['RED_SOURCE_REPLACED'] end
            || case
                when measured.total_rows is null then array['CHECK_FAILED']
                when measured.expected_cadence = interval '0' then array['UNKNOWN']
                when measured.total_rows = 0 and measured.is_optional and not measured.had_rows then array['UNKNOWN']
                when measured.total_rows = 0 and measured.had_rows then array['RED_SOURCE_EMPTIED', 'RED_NO_DATA']
                when measured.total_rows = 0 then array['RED_NO_DATA']
                when measured.max_ingestion_ts is null and measured.rows_just_ahead > 0
                    then array['YELLOW_STAMPS_AHEAD']
                when measured.max_ingestion_ts is null and measured.source_type = 'master'
                    then array[case when measured.is_optional then 'UNKNOWN' else 'RED_NO_DATA' end]
                else array_remove(array[
                    case
                        when
                            measured.source_type <> 'master'
                            and (
                                measured.max_ingestion_ts is null
                                or measured.late_by > make_interval(hours => 48 * measured.cadence_days)
                                - measured.expected_cadence
                            )
                            then 'RED_NO_INGESTION_2D'
                    end,
                    case when measured.late_by > interval '18 hours' then 'RED_INGESTION_STALE' end,
                    case
                        when
                            measured.rows_of_day < measured.least_rows
                            or measured.rows_before >= 15 and measured.total_rows < 0.6 * measured.rows_before
                            then 'YELLOW_VOLUME_DROP'
                    end,
                    case when measured.rows_just_ahead > 0 then 'YELLOW_STAMPS_AHEAD' end,
                    case when measured.source_type <> 'activity' and measured.is_late then 'YELLOW_INGESTION_1D' end,
                    case
                        when
                            measured.source_type <> 'master'
                            and measured.business_date_expr is not null
                            and (
                                measured.max_business_date is null
                                or measured.days_behind > measured.cadence_days
                                or measured.is_late
                                and (
                                    measured.source_type = 'activity'
                                    or measured.late_by > make_interval(hours => 24 * (1 - measured.days_behind))
                                )
                            )
                            then 'YELLOW_BUSINESS_LAG'
                    end
                ], null)
            end as states
        from measured
    )

    select
        judged.source_name,
        judged.source_type,
        judged.max_business_date,
        judged.today - judged.max_business_date,
        judged.max_ingestion_ts,
        case when judged.max_ingestion_ts is not null then greatest(moment - judged.max_ingestion_ts, interval '0') end,
        judged.rows_business_yesterday,
        judged.rows_business_today,
        judged.rows_ingested_yesterday,
        judged.rows_ingested_today,
        coalesce(judged.states[1], 'GREEN_OK'),
        case
            when judged.states[1] = 'UNKNOWN' then 'UNKNOWN'
            when judged.states[1] is null then 'OK'
            when judged.states[1] = 'CHECK_FAILED' then 'RED'
            else split_part(judged.states[1], '_', 1)
        end,
        judged.states,
        judged.expected_cadence,
        judged.due_at,
        judged.rubbish_count,
        judged.total_rows,
        judged.rows_dated_ahead,
        judged.is_optional,
        moment,
        judged.volume_day,
        judged.rows_of_day,
        judged.usual_rows,
        judged.least_rows,
        judged.rows_before
    from judged
$$;
