-- What became of each lead: first connection, first trips, and trips in the days after the lead.
-- Grain and key: (person_key, origin_tag), for persons with a driver account; who has none has nothing to convert.
-- The first event of a person and origin is the lead; later ones begin no new window. Trips count from the lead date
-- on, of all accounts of the person together, so that a second account earns nothing twice. Trips and work of a
-- quarantined account count for nothing; is_quarantined: all accounts are. driver_id is the account that drove first
-- among the others (before the first trip: the first by its id). A window of N days is [lead_date, lead_date + N).
-- Of several versions of an account's day the newest counts (see canon.source_daily_trips).
-- scout_id: the ledger's scout or a human decision, else the only scout of the person's events; nobody while several
-- claim the person. is_deciding_origin: the lead whose scout rules hold: the earliest origin of which some event has a
-- scout, else the earliest; cabinet between equals.
create or replace view canon.lead_conversions as
with people as (
    select
        event.person_key,
        min(canon.plausible_date(event.event_date))
            filter (where event.payload_json ->> 'origin_tag' = 'cabinet') as cabinet_date,
        min(canon.plausible_date(event.event_date))
            filter (where event.payload_json ->> 'origin_tag' = 'fleet_migration') as migration_date,
        count(event.scout_id) filter (where event.payload_json ->> 'origin_tag' = 'cabinet') > 0 as is_cabinet_claimed,
        count(event.scout_id)
            filter (where event.payload_json ->> 'origin_tag' = 'fleet_migration') > 0 as is_migration_claimed,
        min(event.scout_id) as first_scout_id,
        max(event.scout_id) as last_scout_id
    from observational.lead_events as event
    where event.person_key is not null
    group by event.person_key
),

versions as (
    select
        people.person_key,
        lead.origin_tag,
        lead.lead_date,
        lead.origin_tag = case
            when people.is_cabinet_claimed = people.is_migration_claimed
                then case when people.migration_date < people.cabinet_date then 'fleet_migration' else 'cabinet' end
            when people.is_cabinet_claimed then 'cabinet'
            else 'fleet_migration'
        end
        or people.cabinet_date is null
        or people.migration_date is null as is_deciding_origin,
        people.first_scout_id,
        people.last_scout_id,
        link.source_pk as driver_id,
        quarantine.driver_id is not null as is_quarantined,
        daily.trip_date,
        daily.trips,
        daily.work_seconds,
        -- sorted by day before the account, so that the totals of the days need no other order
        row_number() over (
            partition by people.person_key, lead.origin_tag, daily.trip_date, link.source_pk, daily.part
            order by daily.loaded_at desc nulls last, daily.row_age, daily.row_place desc
        ) as version
    from people
    inner join canon.identity_links as link on link.person_key = people.person_key and link.source_table = 'drivers'
    left join canon.driver_orphan_quarantine as quarantine
        on quarantine.driver_id = link.source_pk and quarantine.status = 'quarantined'
    cross join lateral (
        values ('cabinet', people.cabinet_date), ('fleet_migration', people.migration_date)
    ) as lead (origin_tag, lead_date)
    left join canon.source_daily_trips as daily
        on daily.driver_id = link.source_pk and daily.trip_date >= lead.lead_date and quarantine.driver_id is null
    where lead.lead_date is not null
),

days as (
    select
        newest.*,
        -- all parts of a day, and all accounts, are in the total of that day
        sum(newest.trips) over (
            partition by newest.person_key, newest.origin_tag order by newest.trip_date
        ) as total_trips,
        min(newest.trip_date) filter (where newest.trips > 0) over (
            partition by newest.person_key, newest.origin_tag
        ) as first_trip_date
    from versions as newest
    where newest.version = 1
),

progress as (
    select
        days.person_key,
        days.origin_tag,
        min(days.lead_date) as lead_date,
        bool_and(days.is_deciding_origin) as is_deciding_origin,
        min(days.first_scout_id) as first_scout_id,
        min(days.last_scout_id) as last_scout_id,
        coalesce(
            min(days.driver_id) filter (where days.trip_date = days.first_trip_date and days.trips > 0),
            min(days.driver_id) filter (where not days.is_quarantined),
            min(days.driver_id)
        )::varchar as driver_id,
        bool_and(days.is_quarantined) as is_quarantined,
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
        -- a human may have said: nobody
        when ledger.attribution_rule = 'MANUAL' or ledger.attributed_scout_id is not null
            then ledger.attributed_scout_id
        when progress.first_scout_id = progress.last_scout_id then progress.first_scout_id
    end as scout_id,
    progress.driver_id,
    canon.read_drivers_hire_date(progress.driver_id) as hire_date,
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
    progress.trips_30d,
    progress.is_quarantined,
    progress.is_deciding_origin
from progress
left join observational.lead_ledger as ledger using (person_key);
