-- The person of each decided account group: the person its drivers are linked to, else the person its records are
-- linked to, else a new one. Persons created for scouting rows are merged (the oldest survives). Any other two persons
-- in one group are a review case: person_key stays NULL and no new record is linked to the group.
-- Grain and key: account_group; with a partition, only groups in it.
-- Safe to run again: the rows of the partition are deleted first.
delete from canon.account_group_persons_this_run as grouped
where canon.is_in_partition(grouped.account_group, %(partition)s::integer, %(partitions)s::integer);

delete from canon.person_merges_this_run as merge
where canon.is_in_partition(merge.account_group, %(partition)s::integer, %(partitions)s::integer);

insert into canon.account_group_persons_this_run (account_group, persons, person_key)
with decided as (
    select
        decision.account_group,
        min(decision.source_table || ' ' || decision.source_pk) as first_record
    from canon.decisions_this_run as decision
    where
        decision.reason_code is null
        and canon.is_in_partition(decision.account_group, %(partition)s::integer, %(partitions)s::integer)
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

-- Persons without a driver account whose records all belong to one group.
record_persons as (
    select
        min(decision.account_group) as account_group,
        link.person_key
    from canon.decisions_this_run as decision
    inner join canon.identity_links as link using (source_table, source_pk)
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

group_persons as (
    -- a person created for a scouting row is its own group
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
        count(group_person.person_key) filter (where group_person.is_by_driver) as driver_person_count,
        count(group_person.person_key) filter (where not group_person.is_by_driver) as record_person_count,
        count(mergeable.person_key) as mergeable_count,
        array_agg(
            group_person.person_key
            order by group_person.is_by_driver desc, mergeable.created_at, group_person.person_key
        ) filter (where group_person.person_key is not null) as persons
    from decided
    left join group_persons as group_person on group_person.account_group = decided.account_group
    -- OFFSET 0: looked up person by person: the view holds every person created for a scouting row
    left join lateral (
        select
            found.person_key,
            found.created_at
        from canon.mergeable_persons as found
        where found.person_key = group_person.person_key
        offset 0 -- noqa: AM09
    ) as mergeable on true
    group by decided.account_group, decided.first_record
)

select
    final.account_group,
    coalesce(final.persons, '{}'),
    case
        when final.driver_person_count = 1 then final.persons[1]
        when final.driver_person_count > 1 then null
        when final.record_person_count = 0 then canon.new_person_key()
        when final.record_person_count = 1 or final.record_person_count = final.mergeable_count then final.persons[1]
    end
from final
-- create keys in the order in which links and events are written (ADR 14)
order by final.first_record;

insert into canon.person_merges_this_run (person_key, survivor_key, account_group)
select
    retired.person_key,
    grouped.person_key,
    grouped.account_group
from canon.account_group_persons_this_run as grouped
cross join lateral unnest(grouped.persons) as retired (person_key)
where
    canon.is_in_partition(grouped.account_group, %(partition)s::integer, %(partitions)s::integer)
    and retired.person_key <> grouped.person_key
    and not exists (
        select 1
        from canon.identity_links as link
        where link.source_table = 'drivers' and link.person_key = grouped.person_key
    );

analyze canon.account_group_persons_this_run;
