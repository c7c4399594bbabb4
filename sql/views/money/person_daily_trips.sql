-- Trips and work of each person's driver accounts as they count: quarantined accounts not, and of several versions of a
-- day the newest (see canon.source_daily_trips). Ask for one person: the accounts are looked up one by one.
-- Grain and key: (person_key, driver_id, trip_date), or a part of that day.
create or replace view canon.person_daily_trips as
select
    link.person_key,
    link.source_pk as driver_id,
    daily.trip_date,
    daily.trips,
    daily.work_seconds
from canon.identity_links as link
cross join lateral (
    select
        loaded.trip_date,
        loaded.trips,
        loaded.work_seconds,
        row_number() over (
            partition by loaded.trip_date, loaded.part
            order by loaded.loaded_at desc nulls last, loaded.row_age, loaded.row_place desc
        ) as version
    from canon.source_daily_trips as loaded
    where loaded.driver_id = link.source_pk and loaded.trip_date is not null
    offset 0 -- noqa: AM09
) as daily
where
    link.source_table = 'drivers'
    and daily.version = 1
    and not exists (
        select 1
        from canon.driver_orphan_quarantine as quarantine
        where quarantine.driver_id = link.source_pk and quarantine.status = 'quarantined'
    );
