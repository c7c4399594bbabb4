-- Link every driver account of a group to its person, if that person has a linked record.
-- Grain and key: ('drivers', driver_id). Leaves: accounts_to_link_this_step (read first, ADR 13). Safe to run again:
-- linked accounts are left out.
create temporary table accounts_to_link_this_step on commit drop as
with persons_of_groups as (
    select
        decision.account_group,
        decision.person_key,
        min(decision.source_table || ' ' || decision.source_pk) as because_of
    from canon.rule_outcomes as decision
    inner join canon.identity_links as link
        on
            link.source_table = decision.source_table
            and link.source_pk = decision.source_pk
            and link.person_key = decision.person_key
    where decision.person_key is not null
    group by decision.account_group, decision.person_key
    union
    -- records that a human linked to an account: new accounts of its group belong to the person as well
    select
        matched.account_group,
        link.person_key,
        min(link.source_table || ' ' || link.source_pk)
    from canon.records_this_run as batch
    inner join canon.identity_links as link using (source_table, source_pk)
    inner join canon.drivers_index as matched on matched.driver_id = link.matched_driver_id
    where link.match_rule = 'MANUAL'
    group by matched.account_group, link.person_key
)

select distinct on (account.driver_id)
    account.driver_id,
    account.hire_date,
    account.full_name_norm,
    account.account_group,
    grouped.person_key,
    grouped.because_of
from persons_of_groups as grouped
inner join canon.drivers_index as account on account.account_group = grouped.account_group
where
    not exists (
        select 1 from canon.identity_links as link
        where link.source_table = 'drivers' and link.source_pk = account.driver_id
    )
order by account.driver_id, grouped.because_of, grouped.person_key;

insert into canon.identity_links (
    person_key, source_table, source_pk, snapshot_date, match_rule, match_score, confidence_level, evidence, linked_at,
    run_id
)
select
    account.person_key,
    'drivers',
    account.driver_id,
    coalesce(account.hire_date::timestamp at time zone run.timezone, run.as_of),
    'DRIVER_MATCH',
    100,
    'HIGH',
    jsonb_strip_nulls(jsonb_build_object(
        'rule', 'DRIVER_MATCH', 'driver_id', account.driver_id, 'driver_name', account.full_name_norm,
        'account_group', account.account_group, 'because_of', account.because_of
    )),
    run.as_of,
    %(run_id)s::integer
from accounts_to_link_this_step as account
cross join ops.run_settings(%(run_id)s::integer) as run
order by account.person_key;

analyze canon.identity_links (person_key, source_table, source_pk, match_rule, run_id, matched_driver_id);
