-- The state of each source at a moment: every state that holds, and the worst of them; see ops.v_data_health_status.
-- SECURITY DEFINER: readers need no right on the sources.
--
-- A load is due one cadence after the last one, and late after the grace (setting), so that a daily load at 03:00 is
-- not yellow from midnight on. After 18 hours it is stale. Two days without a row are red, one is yellow; with a
-- cadence of several days, as many for each. The newest business day may be one cadence behind: behind today when the
-- load is late, else behind the day of the last load. A value exactly on a limit has the better state. Sources of type
-- activity (trips of the day before) have no yellow state for a day without a load; masters have no business days, and
-- no state for them. Whatever else holds, a table that was replaced since it was read comes first; a source that cannot
-- be read has no other state.
create or replace function ops.v_data_health_status_at(moment timestamptz)
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
    checked_at timestamptz
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
            greatest(1, ceil(extract(epoch from source.expected_cadence) / 86400))::integer as cadence_days,
            fresh.ingestion_lag_interval > source.expected_cadence + source.grace as is_late,
            (moment at time zone settings.timezone)::date as today,
            coalesce(counts.had_rows, false) as had_rows,
            exists (
                select from canon.replaced_sources as replaced
                where source.schema_name = 'public' and replaced.table_name = source.object_name
            ) as is_replaced
        from ops.source_expectations as source
        cross join ops.health_settings as settings
        inner join ops.v_data_freshness_status_at(moment) as fresh on fresh.source_name = source.source_name
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
                when measured.total_rows = 0 then array['RED_NO_DATA']
                when measured.max_ingestion_ts is null and measured.source_type = 'master'
                    then array[case when measured.is_optional then 'UNKNOWN' else 'RED_NO_DATA' end]
                else array_remove(array[
                    case
                        when
                            measured.source_type <> 'master'
                            and (
                                measured.max_ingestion_ts is null
                                or (
                                    measured.is_late
                                    and measured.today - measured.last_ingestion_date >= 2 * measured.cadence_days
                                )
                            )
                            then 'RED_NO_INGESTION_2D'
                    end,
                    case
                        when measured.ingestion_lag_interval > measured.expected_cadence + interval '18 hours'
                            then 'RED_INGESTION_STALE'
                    end,
                    case
                        when
                            measured.source_type <> 'activity'
                            and measured.is_late
                            and measured.today - measured.last_ingestion_date >= measured.cadence_days
                            then 'YELLOW_INGESTION_1D'
                    end,
                    case
                        when
                            measured.source_type <> 'master'
                            and measured.business_date_expr is not null
                            and (
                                measured.max_business_date is null
                                or case when measured.is_late then measured.today else measured.last_ingestion_date end
                                - measured.max_business_date > measured.cadence_days
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
        judged.business_days_lag,
        judged.max_ingestion_ts,
        judged.ingestion_lag_interval,
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
        judged.max_ingestion_ts + nullif(judged.expected_cadence, interval '0'),
        judged.rubbish_count,
        judged.total_rows,
        judged.rows_dated_ahead,
        judged.is_optional,
        moment
    from judged
$$;
