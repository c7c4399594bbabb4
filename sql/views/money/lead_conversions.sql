-- What became of each lead: first connection, first trips, and trips in the days after the lead.
-- Grain and key: (person_key, origin_tag), for persons with a driver account; who has none has nothing to convert.
-- The first event of a person and origin is the lead; later ones begin no new window. Trips count from the lead date
-- on, of all accounts of the person together, so that a second account earns nothing twice; driver_id is the account
-- that drove first (before the first trip: the first by its id). A window of N days is [lead_date, lead_date + N).
-- scout_id: the ledger's scout, else the only scout of the person's events; nobody while several claim the person.
create or replace view canon.lead_conversions as
with people as (
    select
        event.person_key,
        min(canon.plausible_date(event.event_date))
            filter (where event.payload_json ->> 'origin_tag' = 'cabinet') as cabinet_date,
        min(canon.plausible_date(event.event_date))
            filter (where event.payload_json ->> 'origin_tag' = 'fleet_migration') as migration_date,
        min(event.scout_id) as first_scout_id,
        max(event.scout_id) as last_scout_id
    from observational.lead_events as event
    where event.person_key is not null
    group by event.person_key
),

days as (
    select
        people.person_key,
        lead.origin_tag,
        lead.lead_date,
        people.first_scout_id,
        people.last_scout_id,
        link.source_pk as driver_id,
        daily.trip_date,
        daily.trips,
        daily.work_seconds,
        -- all parts of a day, and all accounts, are in the total of that day
        sum(daily.trips) over (
            partition by people.person_key, lead.origin_tag order by daily.trip_date
        ) as total_trips,
        min(daily.trip_date) filter (where daily.trips > 0) over (
            partition by people.person_key, lead.origin_tag
        ) as first_trip_date
    from people
    inner join canon.identity_links as link on link.person_key = people.person_key and link.source_table = 'drivers'
    cross join lateral (
        values ('cabinet', people.cabinet_date), ('fleet_migration', people.migration_date)
    ) as lead (origin_tag, lead_date)
    left join canon.source_daily_trips as daily
        on daily.driver_id = link.source_pk and daily.trip_date >= lead.lead_date
    where lead.lead_date is not null
),

progress as (
    select
        days.person_key,
        days.origin_tag,
        min(days.lead_date) as lead_date,
        min(days.first_scout_id) as first_scout_id,
        min(days.last_scout_id) as last_scout_id,
        coalesce(
            min(days.driver_id) filter (where days.trip_date = days.first_trip_date and days.trips > 0),
            min(days.driver_id)
        )::varchar as driver_id,
        min(days.trip_date) filter (where days.work_seconds > 0) as first_connection_date,
        min(days.first_trip_date) as first_trip_date,
        min(days.trip_date) filter (where days.total_trips >= 1) as trip_1_date,
        min(days.trip_date) filter (where days.total_trips >= 5) as trip_5_date,
        min(days.trip_date) filter (where days.total_trips >= 25) as trip_25_date,
        coalesce(sum(days.trips) filter (where days.trip_date < days.lead_date + 7), 0) as trips_7d,
        coalesce(sum(days.trips) filter (where days.trip_date < days.lead_date + 14), 0) as trips_14d,
        coalesce(sum(days.trips) filter (where days.trip_date < days.lead_date + 30), 0) as trips_30d
    from days
    group by days.person_key, days.origin_tag
)

select
    person_key,
    progress.origin_tag,
    progress.lead_date,
    case
        when ledger.decision_status = 'conflict' then null
        when ledger.attribution_rule = 'MANUAL' and ledger.attributed_scout_id is not null
            then ledger.attributed_scout_id
        when progress.first_scout_id <> progress.last_scout_id then null
        else coalesce(ledger.attributed_scout_id, progress.first_scout_id)
    end as scout_id,
    progress.driver_id,
    driver.hire_date,
    progress.first_connection_date,
    progress.first_trip_date,
    progress.trip_1_date,
    progress.trip_5_date,
    progress.trip_25_date,
    progress.first_connection_date - progress.lead_date as time_to_connection_days,
    progress.trip_1_date - progress.lead_date as time_to_1_days,
    progress.trip_5_date - progress.lead_date as time_to_5_days,
    progress.trip_25_date - progress.lead_date as time_to_25_days,
    progress.trips_7d,
    progress.trips_14d,
    progress.trips_30d
from progress
left join observational.lead_ledger as ledger using (person_key)
left join canon.source_drivers as driver on driver.driver_id = progress.driver_id;
