-- Contest the links of driver accounts of the batch: their group has more than one person (PERSON_SPLIT), no
-- uncontested record of their person leads to their group (NO_LEAD_LEFT), or they have no link because the record that
-- leads to them is contested (LEAD_CONTESTED). A contest without a reason any more is deleted. The accounts of the
-- persons of contested records join the batch, because their links depend on these records.
-- Grain and key: ('drivers', driver_id). Leaves: concerned_accounts_this_step, contested_accounts_this_step.
-- Safe to run again: equal rows are not written.
--
-- Read before the INSERT below: do not anti-join an INSERT with its own target (ADR 13).
create temporary table concerned_accounts_this_step on commit drop as
with contested_now as (
    select contested.*
    from canon.records_this_run as batch
    inner join canon.identity_contested as contested using (source_table, source_pk)
    where batch.source_table <> 'drivers'
),

concerned as (
    select account.source_pk as driver_id
    from contested_now
    inner join canon.identity_links as record using (source_table, source_pk)
    inner join canon.identity_links as account
        on account.person_key = record.person_key and account.source_table = 'drivers'
    where contested_now.reason_code <> 'REPLACED_RECORD'
    union
    select account.driver_id
    from contested_now
    inner join canon.drivers_index as matched on matched.driver_id = contested_now.matched_driver_id
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
from concerned_accounts_this_step as concerned;

create temporary table contested_accounts_this_step on commit drop as
with accounts as (
    select
        account.driver_id,
        account.account_group,
        link.person_key
    from canon.records_this_run as batch
    inner join canon.drivers_index as account on account.driver_id = batch.source_pk
    left join canon.identity_links as link on link.source_table = 'drivers' and link.source_pk = account.driver_id
    where batch.source_table = 'drivers'
),

split_groups as (
    select
        sibling.account_group,
        jsonb_agg(
            jsonb_build_object('driver_id', sibling.driver_id, 'person_key', link.person_key)
            order by sibling.driver_id
        ) as candidates
    from canon.drivers_index as sibling
    inner join canon.identity_links as link on link.source_table = 'drivers' and link.source_pk = sibling.driver_id
    where sibling.account_group in (select accounts.account_group from accounts)
    group by sibling.account_group
    having count(distinct link.person_key) > 1
)

select
    accounts.driver_id as source_pk,
    case
        when split_groups.account_group is not null then 'PERSON_SPLIT'
        when accounts.person_key is null then 'LEAD_CONTESTED'
        else 'NO_LEAD_LEFT'
    end as reason_code,
    coalesce(split_groups.candidates, '[]') as candidates
from accounts
left join split_groups on split_groups.account_group = accounts.account_group
where
    split_groups.account_group is not null
    or (
        accounts.person_key is null
        and exists (
            select 1
            from canon.identity_contested as contested
            inner join canon.drivers_index as matched on matched.driver_id = contested.matched_driver_id
            where contested.source_table <> 'drivers' and matched.account_group = accounts.account_group
        )
    )
    or (
        accounts.person_key is not null
        and not exists (
            select 1
            from canon.identity_links as lead
            left join canon.drivers_index as matched on matched.driver_id = lead.matched_driver_id
            where
                lead.person_key = accounts.person_key
                and lead.source_table <> 'drivers'
                and (
                    lead.match_rule = 'MANUAL'
                    or (
                        (lead.matched_driver_id is null or matched.account_group = accounts.account_group)
                        and not exists (
                            select 1 from canon.identity_contested as contested
                            where
                                contested.source_table = lead.source_table
                                and contested.source_pk = lead.source_pk
                                -- what the record said before its row was overwritten is not in doubt
                                and contested.reason_code <> 'REPLACED_RECORD'
                        )
                    )
                )
        )
    );

delete from canon.identity_contested as contested
using canon.records_this_run as batch
where
    contested.source_table = 'drivers'
    and batch.source_table = 'drivers'
    and batch.source_pk = contested.source_pk
    and not exists (
        select 1 from contested_accounts_this_step as contested_now
        where contested_now.source_pk = contested.source_pk
    );

insert into canon.identity_contested as contested (
    source_table, source_pk, reason_code, candidates, since, run_id
)
select
    'drivers',
    contested_now.source_pk,
    contested_now.reason_code,
    contested_now.candidates,
    run.as_of,
    %(run_id)s::integer
from contested_accounts_this_step as contested_now
cross join ops.run_settings(%(run_id)s::integer) as run
on conflict (source_table, source_pk) do update set
    reason_code = excluded.reason_code,
    candidates = excluded.candidates,
    run_id = excluded.run_id
where (contested.reason_code, contested.candidates) is distinct from (excluded.reason_code, excluded.candidates);
