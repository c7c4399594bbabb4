-- What each of the last days looked like at its last run: the persons, scouts and conflicts of the events that had
-- arrived by then, a day after their date. Grain and key: metric_date.
with days as (
    select
        day.metric_date::date as metric_date,
        run.id as run_id,
        run.completed_at
    from canon.local_today as clock
    cross join lateral generate_series(
        clock.today - %(days)s::integer, clock.today - 1, interval '1 day'
    ) as day (metric_date)
    cross join lateral (
        select earlier.id, earlier.completed_at
        from ops.ingestion_runs as earlier
        where
            earlier.job_type = 'scout_attribution_refresh'
            and earlier.status = 'COMPLETED'
            and (earlier.completed_at at time zone %(timezone)s)::date = day.metric_date
        order by earlier.completed_at desc
        limit 1
    ) as run
),

claims as (
    select
        event.person_key,
        event.scout_id,
        min(event.event_date) as claimed_on,
        bool_or(event.source_table = 'module_ct_scouting_daily') as is_scouting,
        bool_or(event.source_table = 'module_ct_cabinet_leads') as is_lead
    from observational.lead_events as event
    where event.person_key is not null and event.scout_id is not null
    group by event.person_key, event.scout_id
),

persons as (
    select
        event.person_key,
        min(event.event_date) as known_on
    from observational.lead_events as event
    where event.person_key is not null
    group by event.person_key
),

counted as (
    select
        days.metric_date,
        person.person_key,
        count(claim.scout_id) as scouts,
        coalesce(bool_or(claim.is_scouting), false) as is_scouting,
        coalesce(bool_or(claim.is_lead), false) as is_lead
    from days
    inner join persons as person on person.known_on < days.metric_date
    left join claims as claim on claim.person_key = person.person_key and claim.claimed_on < days.metric_date
    group by days.metric_date, person.person_key
)

insert into ops.scout_attribution_daily (
    metric_date, total_persons, satisfactory_count, missing_count, conflicts_count, by_source_scouting_daily,
    by_source_cabinet_leads, by_source_lead_ledger, computed_at, run_id
)
select
    days.metric_date,
    count(*),
    count(*) filter (where counted.scouts = 1),
    count(*) filter (where counted.scouts <> 1),
    count(*) filter (where counted.scouts > 1),
    count(*) filter (where counted.is_scouting),
    count(*) filter (where counted.is_lead),
    count(*) filter (where counted.scouts = 1),
    days.completed_at,
    days.run_id
from days
inner join counted on counted.metric_date = days.metric_date
group by days.metric_date, days.completed_at, days.run_id
on conflict (metric_date) do nothing;
