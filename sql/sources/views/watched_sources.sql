-- The sources whose freshness is watched. Grain and key: source_name. Where each one is, what it is, which of its
-- columns say what a row is about and when it came, how often it is loaded unless the setting says otherwise, and
-- whether an installation may do without it. Everything is expected daily but the list of scouts, which rests for
-- weeks in a healthy fleet.
create or replace view canon.watched_sources as
select
    source.source_name,
    source.schema_name,
    source.object_name,
    source.source_type,
    source.business_date_expr,
    source.ingestion_ts_expr,
    source.cadence_hours,
    source.is_optional
from (
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
) as source (
    source_name, schema_name, object_name, source_type,
    business_date_expr, ingestion_ts_expr, cadence_hours, is_optional
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
