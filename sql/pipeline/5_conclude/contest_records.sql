-- Links of the batch that the evidence of today speaks against, and records that only a human can let in
-- because their person is split in two. `since` is when it was first seen; a contest that nothing supports
-- any more ends. Accounts of the persons concerned join the batch: their link rests on these records. Grain
-- and key: (source_table, source_pk).
create temporary table contested_now on commit drop as
select
    decision.source_table,
    decision.source_pk,
    coalesce(decision.reason_code, 'OTHER_PERSON') as reason_code,
    decision.candidates,
    case when decision.reason_code is null then decision.driver_id end as matched_driver_id
from canon.rule_outcomes as decision
left join canon.identity_links as link
    on link.source_table = decision.source_table and link.source_pk = decision.source_pk
where
    (
        link.person_key is not null
        and link.person_key is distinct from decision.person_key
        -- No driver is known for a person founded by scouting rows: that is why it was founded.
        and not (
            decision.reason_code = 'NO_CANDIDATES'
            and link.matched_driver_id is null
            and link.person_key in (select founded.person_key from canon.mergeable_persons as founded)
        )
    )
    or (link.person_key is null and decision.is_split);

-- what is in the batch is asked before it grows
create temporary table accounts_concerned on commit drop as
with concerned as (
    select account.source_pk as driver_id
    from contested_now as now
    inner join canon.identity_links as record
        on record.source_table = now.source_table and record.source_pk = now.source_pk
    inner join canon.identity_links as account
        on account.person_key = record.person_key and account.source_table = 'drivers'
    union
    select account.driver_id
    from contested_now as now
    inner join canon.drivers_index as matched on matched.driver_id = now.matched_driver_id
    inner join canon.drivers_index as account on account.account_group = matched.account_group
    union
    select contested.source_pk
    from canon.identity_contested as contested
    where contested.source_table = 'drivers'
)

select concerned.driver_id
from concerned
where not exists (
    select 1 from canon.records_this_run as batch
    where batch.source_table = 'drivers' and batch.source_pk = concerned.driver_id
);

insert into canon.records_this_run (source_table, source_pk)
select
    'drivers',
    concerned.driver_id
from accounts_concerned as concerned;

delete from canon.identity_contested as contested
using canon.records_this_run as batch
where
    contested.source_table <> 'drivers'
    and contested.source_table = batch.source_table
    and contested.source_pk = batch.source_pk
    and not exists (
        select 1 from contested_now as now
        where now.source_table = contested.source_table and now.source_pk = contested.source_pk
    );

insert into canon.identity_contested as contested (
    source_table, source_pk, reason_code, candidates, matched_driver_id, since, run_id
)
select
    contested_now.source_table,
    contested_now.source_pk,
    contested_now.reason_code,
    contested_now.candidates,
    contested_now.matched_driver_id,
    run.as_of,
    %(run_id)s::integer
from contested_now
cross join ops.run_settings(%(run_id)s::integer) as run
on conflict (source_table, source_pk) do update set
    reason_code = excluded.reason_code,
    candidates = excluded.candidates,
    matched_driver_id = excluded.matched_driver_id,
    run_id = excluded.run_id
where
    (contested.reason_code, contested.candidates, contested.matched_driver_id)
    is distinct from (excluded.reason_code, excluded.candidates, excluded.matched_driver_id);
