-- Persons in conflict, derived when read, without what they are worth: who has measured milestones already
-- (refresh_conflict_cases.sql) need not plan measuring them. Columns as of canon.derived_review_cases.
-- Grain and key: (case_kind, case_key).
create or replace view canon.unpriced_conflict_cases as
select
    'CONFLICT' as case_kind,
    conflict.person_key::text as case_key,
    conflict.person_key,
    null::text as source_table,
    null::text as source_pk,
    null::text as payment_key,
    coalesce(ledger.evidence_json ->> 'conflict_reason', 'SEVERAL_SCOUTS') as reason_code,
    conflict.since,
    null::double precision as probability,
    array(
        select distinct claim.scout_id
        from unnest(conflict.claimants) as claim (scout_id)
        where claim.scout_id is not null
        order by claim.scout_id
    ) as scout_ids,
    (
        select min(driver.park_id)::text
        from canon.identity_links as link
        inner join canon.drivers_index as driver on driver.driver_id = link.source_pk
        where link.person_key = conflict.person_key and link.source_table = 'drivers'
    ) as park_id
from canon.conflicts as conflict
inner join observational.lead_ledger as ledger on ledger.person_key = conflict.person_key;
