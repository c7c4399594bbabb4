-- Replace the candidates by those that humans decided on: the accounts of the person whom a record was linked to
-- (confirmed), and the other candidates of that record, or all of a record that is nobody (rejected).
-- Only in a transaction that is rolled back. Leaves: human_pairs_this_step.
-- Grain and key: (source_table, source_pk, account_group). Safe to run again: made from canon.candidates_this_run once.
create temporary table human_pairs_this_step on commit drop as
with confirmed as (
    select
        decided.source_table,
        decided.source_pk,
        account.account_group
    from canon.human_record_decisions as decided
    inner join canon.identity_links as driver_link
        on driver_link.source_table = 'drivers' and driver_link.person_key = decided.person_key
    inner join canon.drivers_index as account on account.driver_id = driver_link.source_pk
    union
    select
        decided.source_table,
        decided.source_pk,
        account.account_group
    from canon.human_record_decisions as decided
    inner join canon.drivers_index as account on account.driver_id = decided.matched_driver_id
)

select
    confirmed.source_table,
    confirmed.source_pk,
    confirmed.account_group,
    true as is_confirmed
from confirmed
union all
select distinct
    candidate.source_table,
    candidate.source_pk,
    candidate.account_group,
    false
from canon.candidates_this_run as candidate
inner join canon.human_record_decisions as decided using (source_table, source_pk)
where
    candidate.driver_id is not null
    and not exists (
        select 1
        from confirmed
        where
            confirmed.source_table = candidate.source_table
            and confirmed.source_pk = candidate.source_pk
            and confirmed.account_group = candidate.account_group
    );

select canon.truncate_working_table('canon.candidates_this_run');
select canon.truncate_working_table('canon.weighed_candidates_this_run');

insert into canon.candidates_this_run (
    source_table, source_pk, rule, driver_id, account_group, park_id, record_name, driver_name
)
select
    record.source_table,
    record.source_pk,
    'DRIVER_DIRECT',
    account.driver_id,
    account.account_group,
    account.park_id,
    record.name_norm,
    account.full_name_norm
from pg_temp.human_pairs_this_step as pair
inner join canon.records_index as record using (source_table, source_pk)
inner join canon.drivers_index as account on account.account_group = pair.account_group
where record.event_date is not null;
