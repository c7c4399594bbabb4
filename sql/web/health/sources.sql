-- Whether each source is all right. Grain: one source. Filter: severity.
select
    source.source_name,
    source.source_type,
    source.max_business_date,
    source.business_days_lag,
    source.max_ingestion_ts,
    source.ingestion_lag_interval,
    source.rows_business_yesterday,
    source.rows_business_today,
    source.rows_ingested_yesterday,
    source.rows_ingested_today,
    source.health_status,
    source.severity,
    source.states,
    source.expected_cadence,
    source.due_at,
    source.rubbish_count,
    source.total_rows,
    source.rows_dated_ahead,
    source.is_optional,
    source.checked_at,
    case source.severity when 'RED' then 3 when 'YELLOW' then 2 when 'UNKNOWN' then 1 else 0 end as badness
from ops.v_data_health_status as source
where %(severity)s::text is null or source.severity = %(severity)s::text;
