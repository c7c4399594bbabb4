-- The state of each source at a moment; see ops.source_health_at. Grain and key: source_name.
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
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select
        health.source_name,
        health.source_type,
        health.max_business_date,
        health.business_days_lag,
        health.max_ingestion_ts,
        health.ingestion_lag_interval,
        health.rows_business_yesterday,
        health.rows_business_today,
        health.rows_ingested_yesterday,
        health.rows_ingested_today,
        health.health_status,
        health.severity,
        health.states,
        health.expected_cadence,
        health.due_at,
        health.rubbish_count,
        health.total_rows,
        health.rows_dated_ahead,
        health.is_optional,
        health.checked_at
    from ops.source_health_at(moment) as health
$$;
