-- The state of each source at a moment. Grain and key: source_name.
select
    health.source_name,
    health.health_status,
    health.severity,
    health.states,
    health.max_business_date,
    health.max_ingestion_ts,
    health.ingestion_lag_interval,
    health.expected_cadence,
    health.rubbish_count
from ops.v_data_health_status_at(%(moment)s::timestamptz) as health;
