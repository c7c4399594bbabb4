-- The picture of this moment, one row. total_persons = satisfactory + A + C + D, always. Persons whose events
-- changed since their ledger row was derived are looked up; for all others the row says what their events
-- hold.
create or replace view ops.v_scout_attribution_metrics_snapshot as
with persons as (
    select
        (select count(*) from canon.identity_registry) as total,
        (select count(*) from observational.lead_ledger where attributed_scout_id is not null) as satisfactory,
        (select count(*) from observational.lead_ledger where decision_status = 'conflict') as conflicts
),

derived as (
    select
        count(*) filter (where ledger.event_scouts = 0) as a_events,
        count(*) filter (where ledger.event_scouts > 0) as d_events
    from observational.lead_ledger as ledger
    where
        ledger.attributed_scout_id is null
        and ledger.event_scouts is not null
        and not exists (select 1 from canon.attribution_queue as queued where queued.person_key = ledger.person_key)
),

queued as (
    select
        count(*) filter (where events.scouts = 0) as a_events,
        count(*) filter (where events.scouts > 0) as d_events
    from canon.attribution_queue as queue
    inner join canon.identity_registry as person on person.person_key = queue.person_key
    left join observational.lead_ledger as ledger on ledger.person_key = queue.person_key
    inner join lateral (
        select count(event.scout_id) as scouts
        from observational.lead_events as event
        where event.person_key = queue.person_key
        group by event.person_key
    ) as events on true
    where ledger.attributed_scout_id is null
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
    derived.a_events + queued.a_events as backlog_a_events_without_scout,
    derived.d_events + queued.d_events as backlog_d_scout_in_events_not_in_ledger,
    persons.total - persons.satisfactory
    - (derived.a_events + queued.a_events) - (derived.d_events + queued.d_events)
        as backlog_c_legacy_no_events_no_ledger,
    last_job.status as last_job_status,
    last_job.completed_at as last_job_ended_at,
    last_job.started_at as last_job_started_at,
    extract(epoch from last_job.completed_at - last_job.started_at)::integer as last_job_duration_seconds,
    last_job.stats as last_job_summary,
    last_job.error_message as last_job_error,
    now() as snapshot_timestamp
from persons
cross join derived
cross join queued
left join last_job on true;
