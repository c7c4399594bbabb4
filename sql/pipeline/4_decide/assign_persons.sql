-- Which person each decided group of accounts is: the one that its drivers already have, else the one that
-- its records already have, else a new one. Persons founded by scouting rows alone become one (the oldest
-- survives). Any other two persons in one group are a review case: the group has no person_key, and nobody
-- new is linked to it. Grain and key: account_group, of the groups in one half.
delete from canon.account_group_persons_this_run as grouped
where canon.is_in_half(grouped.account_group, %(half)s::integer);

delete from canon.person_merges_this_run as merge
where canon.is_in_half(merge.account_group, %(half)s::integer);

insert into canon.account_group_persons_this_run (account_group, persons, person_key)
with decided as (
    select
        decision.account_group,
        min(decision.source_table || ' ' || decision.source_pk) as first_record
    from canon.decisions_this_run as decision
    where decision.reason_code is null and canon.is_in_half(decision.account_group, %(half)s::integer)
    group by decision.account_group
),

driver_persons as (
    select distinct
        decided.account_group,
        link.person_key
    from decided
    inner join canon.drivers_index as account on account.account_group = decided.account_group
    inner join canon.identity_links as link on link.source_table = 'drivers' and link.source_pk = account.driver_id
),

-- A person without any driver that the records of exactly one group claim.
record_persons as (
    select
        min(decision.account_group) as account_group,
        link.person_key
    from canon.decisions_this_run as decision
    inner join canon.identity_links as link
        on link.source_table = decision.source_table and link.source_pk = decision.source_pk
    where
        decision.reason_code is null
        and decision.account_group not like 'person %%'
        and not exists (
            select 1 from canon.identity_links as driver_link
            where driver_link.source_table = 'drivers' and driver_link.person_key = link.person_key
        )
    group by link.person_key
    having count(distinct decision.account_group) = 1
),

claims as (
    -- a person founded by scouting rows is its own group
    select decided.account_group, substr(decided.account_group, 8)::uuid as person_key, true as is_by_driver
    from decided
    where decided.account_group like 'person %%'
    union all
    select driver_persons.account_group, driver_persons.person_key, true from driver_persons
    union all
    select record_persons.account_group, record_persons.person_key, false from record_persons
),

final as (
    select
        decided.account_group,
        decided.first_record,
        count(claims.person_key) filter (where claims.is_by_driver) as by_driver,
        count(claims.person_key) filter (where not claims.is_by_driver) as by_record,
        count(mergeable.person_key) as mergeable,
        array_agg(claims.person_key order by claims.is_by_driver desc, mergeable.created_at, claims.person_key)
            filter (where claims.person_key is not null) as persons
    from decided
    left join claims on claims.account_group = decided.account_group
    left join canon.mergeable_persons as mergeable on mergeable.person_key = claims.person_key
    group by decided.account_group, decided.first_record
)

select
    final.account_group,
    coalesce(final.persons, '{}'),
    case
        when final.by_driver = 1 then final.persons[1]
        when final.by_driver > 1 then null
        when final.by_record = 0 then canon.new_person_key()
        when final.by_record = 1 or final.by_record = final.mergeable then final.persons[1]
    end
from final
-- new keys in the order in which links and events are written
order by final.first_record;

insert into canon.person_merges_this_run (person_key, survivor_key, account_group)
select
    retired.person_key,
    grouped.person_key,
    grouped.account_group
from canon.account_group_persons_this_run as grouped
cross join lateral unnest(grouped.persons) as retired (person_key)
where
    canon.is_in_half(grouped.account_group, %(half)s::integer)
    and retired.person_key <> grouped.person_key
    and not exists (
        select 1
        from canon.identity_links as link
        where link.source_table = 'drivers' and link.person_key = grouped.person_key
    );

analyze canon.account_group_persons_this_run;
