-- Sources whose freshness is watched: location, type, the expressions for business date and arrival, the default
-- cadence, and whether an installation may lack it. The list of scouts changes rarely, all others daily.
-- Grain and key: source_name.
create or replace view canon.watched_sources (
    source_name, schema_name, object_name, source_type,
    business_date_expr, ingestion_ts_expr, cadence_hours, is_optional
) as
values
('summary_daily', 'public', 'summary_daily', 'activity', 'date_file', 'created_at', 24, false),
('yango_payment_ledger', 'ops', 'yango_payment_status_ledger', 'ledger', 'pay_date', 'snapshot_at', 24, false),
('lead_events', 'observational', 'lead_events', 'ct_ingest', 'event_date', 'created_at', 24, false),
(
    'module_ct_scout_drivers', 'public', 'module_ct_scout_drivers', 'ct_ingest',
    null, 'greatest(created_at, updated_at)', 24, true
),
(
    'module_ct_cabinet_payments', 'public', 'module_ct_cabinet_payments', 'ct_ingest',
    'date', 'created_at', 24, false
),
('drivers', 'public', 'drivers', 'master', null, 'greatest(created_at, updated_at)', 24, false),
(
    'module_ct_scouts_list', 'public', 'module_ct_scouts_list', 'master',
    null, 'greatest(created_at, updated_at)', 720, true
),
(
    'ingestion_runs', 'ops', 'ingestion_runs', 'master',
    'coalesce(scope_date_to, completed_at::date)', 'completed_at', 24, false
)
union all
select
    record.source_table,
    'public',
    record.source_table,
    'ct_ingest',
    record.business_date_expr,
    record.ingestion_ts_expr,
    record.cadence_hours,
    record.is_optional
from canon.record_sources as record;
