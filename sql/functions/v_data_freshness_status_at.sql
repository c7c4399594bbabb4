-- How fresh each source is at a moment; see ops.v_data_freshness_status and ops.measure_sources. SECURITY DEFINER:
-- readers need no right on the sources. A source that cannot be read has no total_rows (NULL).
create or replace function ops.v_data_freshness_status_at(moment timestamptz)
returns table (
    source_name text,
    max_business_date date,
    business_days_lag integer,
    max_ingestion_ts timestamptz,
    ingestion_lag_interval interval,
    rows_business_yesterday bigint,
    rows_business_today bigint,
    rows_ingested_yesterday bigint,
    rows_ingested_today bigint,
    last_ingestion_date date,
    total_rows bigint,
    rubbish_count bigint,
    rows_dated_ahead bigint
)
language sql stable security definer
set search_path = pg_catalog, pg_temp
set jit = off -- compiling takes longer than the query
as $$
    select
        measured.source_name,
        measured.max_business_date,
        measured.today - measured.max_business_date,
        measured.max_ingestion_ts,
        case when measured.max_ingestion_ts is not null then greatest(moment - measured.max_ingestion_ts, interval '0') end,
        measured.rows_business_yesterday,
        measured.rows_business_today,
        measured.rows_ingested_yesterday,
        measured.rows_ingested_today,
        measured.last_ingestion_date,
        measured.total_rows,
        measured.rubbish_count,
        measured.rows_dated_ahead
    from ops.measure_sources(moment) as measured
$$;
