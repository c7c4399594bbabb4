-- The rows behind ops.v_scout_signals: records that name the scout, or driver accounts that bear the scout's name.
-- They are reasons to look, and nothing else: each has harmless explanations. `signal` is one of:
-- SCOUT_IS_DRIVER: a driver account has the words of the scout's name, all of them and at least three, in any order.
-- SCOUT_PHONE_IN_LEADS: a record that names the scout carries the phone of such an account.
-- ONE_DAY: the records of the scout's busiest day, if the scout has 20 records or more, half of them or more on that
-- day, and that share is at least five times the share which the day has of the records of all other scouts.
-- SAME_PHONE, SAME_PLATE: five records or more that name the scout carry one phone or plate that more people carry than
-- the setting hot_value_people allows. Sources hold no device of a lead; they would be told here.
-- `value_number` tells the values of a signal apart without telling them.
-- Grain and key: (scout_id, signal, source_table, source_pk).
create or replace view ops.v_scout_signal_rows as
with busiest as (
    select distinct on (day.scout_id)
        day.scout_id,
        day.event_date,
        day.records,
        sum(day.records) over (partition by day.scout_id) as all_records
    from (
        select
            event.scout_id,
            event.event_date,
            count(*) as records
        from observational.lead_events as event
        where event.scout_id is not null
        group by event.scout_id, event.event_date
    ) as day
    order by day.scout_id, day.records desc, day.event_date
),

odd_days as (
    select
        busiest.scout_id,
        busiest.event_date
    from busiest
    -- counted only for the few scouts who pass the first two limits
    cross join lateral (
        select
            (
                select count(*) from observational.lead_events as event
                where event.scout_id is not null and event.event_date = busiest.event_date
            ) - busiest.records as records_of_day,
            (
                select count(*) from observational.lead_events as event where event.scout_id is not null
            ) - busiest.all_records as records
    ) as others
    where
        busiest.all_records >= 20
        and 2 * busiest.records >= busiest.all_records
        and others.records > 0
        and busiest.records * others.records >= 5 * others.records_of_day * busiest.all_records
),

shared_values as (
    select
        carried.*,
        dense_rank() over (partition by carried.scout_id, carried.signal order by carried.value) as value_number,
        count(*) over (partition by carried.scout_id, carried.signal, carried.value) as records
    from (
        select
            'SAME_PHONE' as signal,
            record.scout_id,
            record.source_table,
            record.source_pk,
            shared.value
        from canon.shared_values as shared
        inner join canon.records_index as record on record.phone_norm = shared.value
        where shared.kind = 'phone' and record.scout_id is not null and record.gone_since is null
        union all
        select
            'SAME_PLATE',
            record.scout_id,
            record.source_table,
            record.source_pk,
            shared.value
        from canon.shared_values as shared
        inner join canon.records_index as record on record.plate_norm = shared.value
        where shared.kind = 'plate' and record.scout_id is not null and record.gone_since is null
    ) as carried
),

found as (
    select
        account.scout_id,
        'SCOUT_IS_DRIVER' as signal,
        'drivers' as source_table,
        account.driver_id as source_pk,
        1::bigint as value_number
    from canon.scout_accounts as account
    union
    select
        record.scout_id,
        'SCOUT_PHONE_IN_LEADS',
        record.source_table::text,
        record.source_pk::text,
        1
    from canon.scout_accounts as account
    inner join canon.records_index as record
        on record.phone_norm = account.phone_norm and record.scout_id = account.scout_id
    union all
    select
        event.scout_id,
        'ONE_DAY',
        event.source_table::text,
        event.source_pk::text,
        1
    from odd_days as day
    inner join observational.lead_events as event
        on event.scout_id = day.scout_id and event.event_date = day.event_date
    union all
    select
        shared.scout_id,
        shared.signal,
        shared.source_table::text,
        shared.source_pk::text,
        shared.value_number
    from shared_values as shared
    where shared.records >= 5
)

select
    found.scout_id,
    found.signal,
    found.source_table,
    found.source_pk,
    found.value_number,
    link.person_key,
    (
        select event.event_date from observational.lead_events as event
        where event.source_table = found.source_table and event.source_pk = found.source_pk
    ) as event_date
from found
left join canon.identity_links as link
    on link.source_table = found.source_table and link.source_pk = found.source_pk;
