-- Dates each open conflict by the run that would have found it: the first one after the second scout's claim had
-- arrived, a day after its date; before the month that is kept, that morning. Grain and key: person_key.
with claims as (
    select
        event.person_key,
        event.scout_id,
        min(event.event_date) as claimed_on
    from observational.lead_events as event
    where event.person_key is not null and event.scout_id is not null
    group by event.person_key, event.scout_id
),

second as (
    select
        claims.person_key,
        ((array_agg(claims.claimed_on order by claims.claimed_on))[2] + 1 + time '04:00') at time zone %(timezone)s
            as arrived_at
    from claims
    group by claims.person_key
    having count(*) > 1
)

update observational.lead_ledger as ledger
set conflict_since = case
    when second.arrived_at < (select min(run.started_at) from ops.ingestion_runs as run) then second.arrived_at
    else (
        select min(run.completed_at)
        from ops.ingestion_runs as run
        where
            run.job_type = 'scout_attribution_refresh'
            and run.status = 'COMPLETED'
            and run.started_at >= second.arrived_at
    )
end
from second
where ledger.person_key = second.person_key and ledger.decision_status = 'conflict';
