-- When rows came and which day they are about, for every watched source (canon.watched_sources), nothing cleaned.
-- Grain: one row per row of a source; ask for one source_name, and only its table is read.
-- A day is a date (business_date) or a text that should be one (business_text). A moment is one on the local clock
-- (came_at_local) or, where the table knows the zone, an absolute one (came_at). Of runs only completed ones came.
--
-- Some databases lack created_at or updated_at in some tables. There the unqualified name means the column of `absent`
-- beside the table, which is NULL; the next migrate_schema notices a column that was added since.
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
    record.source_table,
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
