-- When each row of a watched source (canon.watched_sources) arrived, and which day it is about; nothing cleaned. A
-- filter on one source_name reads only its table. The day is a date (business_date) or a text to be parsed
-- (business_text). The arrival is local time (came_at_local) or, where the table has the zone, absolute (came_at). Only
-- completed runs count. Some databases lack created_at or updated_at: there the unqualified name resolves to the NULL
-- column of `absent`. A column added later is used from the next migrate_schema on.
-- Grain: one row per row of a source.
create or replace view canon.source_arrivals as
select
    'summary_daily'::text as source_name,
    daily.xmin as row_version,
    null::date as business_date,
    coalesce(daily.date_file::text, '') as business_text,
    daily.created_at::timestamp as came_at_local,
    null::timestamptz as came_at
from public.summary_daily as daily
union all
select
    'yango_payment_ledger',
    payment.xmin,
    payment.pay_date,
    null,
    null,
    payment.snapshot_at
from ops.yango_payment_status_ledger as payment
union all
select
    -- of the type of the other branches: a condition on a column of several types would be evaluated after reading all
    record.source_table::text,
    record.row_version,
    record.event_date,
    null,
    record.came_at_local,
    null
from canon.source_records as record
union all
select
    'lead_events',
    event.xmin,
    event.event_date,
    null,
    null,
    event.created_at
from observational.lead_events as event
union all
select
    'module_ct_scout_drivers',
    pair.xmin,
    null,
    null,
    greatest(pair.created_at, pair.updated_at)::timestamp,
    null
from public.module_ct_scout_drivers as pair
union all
select
    'module_ct_cabinet_payments',
    payment.xmin,
    payment.date,
    null,
    payment.created_at::timestamp,
    null
from public.module_ct_cabinet_payments as payment
union all
select
    'drivers',
    driver.xmin,
    null,
    null,
    greatest(driver.created_at, driver.updated_at)::timestamp,
    null
from public.drivers as driver
union all
select
    'module_ct_scouts_list',
    scout.row_version,
    null,
    null,
    scout.came_at_local,
    null
from (values (null::timestamp, null::timestamp)) as absent (created_at, updated_at)
cross join lateral (
    select
        scout.xmin as row_version,
        greatest(created_at::timestamp, updated_at::timestamp) as came_at_local -- noqa: RF03
    from public.module_ct_scouts_list as scout
) as scout
union all
select
    'ingestion_runs',
    run.xmin,
    coalesce(run.scope_date_to, (run.completed_at at time zone zone.timezone)::date),
    null,
    null,
    run.completed_at
from ops.ingestion_runs as run
cross join (select settings.timezone from ops.health_settings as settings) as zone
where run.status = 'COMPLETED';
