-- Count what is frequent: words of names, cars, parks, hires around each day. Only in a run that evaluates every
-- record: one that was asked to and finds other people, the first that finds 10,000, one that finds twice as many as
-- were counted, or one with new weights waiting (estimate_weights). In between the counts stay, so that order and split
-- of the rows have no effect; below 10,000 people the shipped shares hold (ADR 24).
-- Grain and key: (kind, value). Leaves: recount_this_step. Safe to run again: counts the same people anew.
create temporary table recount_this_step on commit drop as
with people as (
    select count(*)::integer as people
    from canon.drivers_index
    where
        -- fewer than half as many again, by the statistics of the step before, are not twice as many
        exists (select 1 from canon.dirty_keys as dirty where dirty.kind = 'driver')
        and (
            select greatest(relation.reltuples, 0) from pg_catalog.pg_class as relation
            where relation.oid = 'canon.drivers_index'::regclass
        ) >= 1.5 * coalesce((select counted.people from canon.weights_in_force as counted), 5000)
        or not (select run.is_incremental from ops.run_settings(%(run_id)s::integer) as run)
        or exists (select 1 from canon.weights_versions as waiting where waiting.run_id is null)
)

select people.people
from people
cross join ops.run_settings(%(run_id)s::integer) as run
left join canon.weights_in_force as counted on true
where
    people.people >= 10000
    and (
        counted.people is null
        or people.people >= 2 * counted.people
        or not run.is_incremental and people.people <> counted.people
    )
    or exists (select 1 from canon.weights_versions as waiting where waiting.run_id is null);

-- A count without new weights takes over those in force.
insert into canon.weights_versions (weights, reason, created_by)
select
    coalesce(counted.weights, '{}'),
    'counted ' || recount.people || ' people',
    'identity_ingestion'
from recount_this_step as recount
left join canon.weights_in_force as counted on true
where not exists (select 1 from canon.weights_versions as waiting where waiting.run_id is null);

-- rows: versions
update canon.weights_versions as version
set run_id = %(run_id)s::integer, people = case when recount.people >= 10000 then recount.people end
from recount_this_step as recount
where version.run_id is null;

delete from canon.value_frequencies where exists (select 1 from recount_this_step);

insert into canon.value_frequencies (kind, value, people)
select 'word', word.word, count(*)
from canon.drivers_index as driver
cross join lateral unnest(string_to_array(driver.full_name_norm, ' ')) as word (word)
where exists (select 1 from recount_this_step as recount where recount.people >= 10000)
group by word.word
having count(*) > 1
union all
select 'car', driver.car_fingerprint, count(*)
from canon.drivers_index as driver
where
    driver.car_fingerprint is not null
    and exists (select 1 from recount_this_step as recount where recount.people >= 10000)
group by driver.car_fingerprint
union all
select 'park', driver.park_id, count(*)
from canon.drivers_index as driver
where
    driver.park_id is not null
    and exists (select 1 from recount_this_step as recount where recount.people >= 10000)
group by driver.park_id;

insert into canon.value_frequencies (kind, value, people)
with hires as (
    select
        driver.hire_date as day,
        count(*) as people
    from canon.drivers_index as driver
    where
        driver.hire_date is not null
        and exists (select 1 from recount_this_step as recount where recount.people >= 10000)
    group by driver.hire_date
),

-- every day for which somebody was hired close to it or near it
calendar as (
    select day.day
    from (select min(hires.day) as first_day, max(hires.day) as last_day from hires) as period
    cross join lateral generate_series(period.first_day - 30, period.last_day + 90, interval '1 day') as day (day)
),

around as (
    select
        calendar.day::date as day,
        hires.people as hired,
        coalesce(sum(hires.people) over close_to, 0) as close,
        coalesce(sum(hires.people) over near_to, 0) as near_or_close
    from calendar
    left join hires on hires.day = calendar.day
    window
        close_to as (
            order by calendar.day range between interval '30 days' preceding and interval '7 days' following
        ),
        near_to as (
            order by calendar.day range between interval '90 days' preceding and interval '30 days' following
        )
),

-- What somebody who was hired sees around the own day; and the days of nearly all hires, without the typing errors.
usual as (
    select
        sum(around.close * around.hired) / sum(around.hired) as close,
        percentile_disc(0.001) within group (order by around.day) as first_day,
        percentile_disc(0.999) within group (order by around.day) as last_day
    from around
    where around.hired is not null
),

-- Where hires of the window are still to come, or were not kept, the usual number is the least that is assumed; a
-- twentieth of it elsewhere, because nothing is impossible.
shares as (
    select
        around.day::text as value,
        case
            when around.day between usual.first_day + 30 and usual.last_day - 7
                then greatest(around.close, usual.close / 20)
            else greatest(around.close, usual.close)
        end as close,
        case
            when around.day between usual.first_day + 90 and usual.last_day - 30
                then greatest(around.near_or_close - around.close, usual.close / 20)
            else greatest(around.near_or_close - around.close, usual.close)
        end as near
    from around
    cross join usual
    union all
    select '', usual.close, usual.close
    from usual
    where usual.close is not null
)

select
    share.kind,
    shares.value,
    ceil(share.people)::integer
from shares
cross join lateral (values ('hired_close', shares.close), ('hired_near', shares.near)) as share (kind, people);

analyze canon.value_frequencies;
