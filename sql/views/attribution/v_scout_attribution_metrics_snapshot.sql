-- Current attribution metrics. total_persons = satisfactory + A + C + D. Uses the running totals
-- (canon.attribution_totals), corrected for queued persons, whose events are read. One row.
create or replace view ops.v_scout_attribution_metrics_snapshot as
with queued as (
    select
        count(*) filter (where ledger.event_scouts = 0) as a_before,
        count(*) filter (where ledger.event_scouts > 0) as d_before,
        count(*) filter (where events.has_events and not events.has_scout) as a_events,
        count(*) filter (where events.has_scout) as d_events
    from canon.attribution_queue as queue
    inner join canon.identity_registry as person on person.person_key = queue.person_key
    left join observational.lead_ledger as ledger on ledger.person_key = queue.person_key
    cross join lateral (
        select
            exists(
                select 1 from observational.lead_events as event
                where event.person_key = queue.person_key and event.scout_id is not null
            ) as has_scout,
            exists(
                select 1 from observational.lead_events as event where event.person_key = queue.person_key
            ) as has_events
    ) as events
    where ledger.attributed_scout_id is null
),

persons as (
    select
        totals.persons as total,
        totals.satisfactory,
        totals.conflicts,
        totals.a_events - queued.a_before + queued.a_events as a_events,
        totals.d_events - queued.d_before + queued.d_events as d_events
    from canon.attribution_totals as totals
    cross join queued
),

last_job as (
    select run.*
    from ops.ingestion_runs as run
    where run.job_type::text = 'scout_attribution_refresh'
    order by run.started_at desc, run.id desc
    limit 1
)

select
    persons.total as total_persons,
    persons.satisfactory as persons_with_scout_satisfactory,
    round(100.0 * persons.satisfactory / nullif(persons.total, 0), 2) as pct_scout_satisfactory,
    persons.total - persons.satisfactory as persons_missing_scout,
    persons.conflicts as conflicts_count,
    persons.a_events as backlog_a_events_without_scout,
    persons.d_events as backlog_d_scout_in_events_not_in_ledger,
    persons.total - persons.satisfactory - persons.a_events - persons.d_events as backlog_c_legacy_no_events_no_ledger,
    last_job.status as last_job_status,
    last_job.completed_at as last_job_ended_at,
    last_job.started_at as last_job_started_at,
    extract(epoch from last_job.completed_at - last_job.started_at)::integer as last_job_duration_seconds,
    last_job.stats as last_job_summary,
    last_job.error_message as last_job_error,
    now() as snapshot_timestamp
from persons
left join last_job on true;
