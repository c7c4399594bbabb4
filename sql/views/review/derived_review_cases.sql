-- Cases that wait for a human, derived when read: person in conflict, record without a person, contested record,
-- overwritten record, payment without a claim or explanation. Contested driver accounts are not among them: no decision
-- is about one.
-- amount is the money at stake: CONFLICT what the reached milestones are worth to a scout; UNMATCHED, where the record
-- names a scout, what the rules pay at most for such a lead; CONTESTED and REPLACED what is payable for the linked
-- person; UNEXPLAINED_PAYMENT what was expected. Of several currencies: that of the largest amount.
-- probability: of the likeliest candidate. park_id: of the person's account, or of the likeliest candidate.
-- canon.review_cases keeps these rows. Grain and key: (case_kind, case_key).
create or replace view canon.derived_review_cases as
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
    earned.amount::numeric(12, 2) as amount,
    earned.currency,
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
inner join observational.lead_ledger as ledger on ledger.person_key = conflict.person_key
left join lateral (
    select
        earning.amount,
        earning.currency
    from canon.scout_earnings as earning
    where earning.person_key = conflict.person_key and earning.amount is not null
    order by earning.amount desc, earning.currency
    limit 1
) as earned on true
union all
select
    record.case_kind,
    record.case_key,
    record.person_key,
    record.source_table,
    record.source_pk,
    record.payment_key,
    record.reason_code,
    record.since,
    record.probability,
    record.amount,
    record.currency,
    record.scout_ids,
    record.park_id
from canon.derived_record_cases as record
union all
select
    'UNEXPLAINED_PAYMENT',
    payment.payment_key,
    payment.person_key,
    null,
    null,
    payment.payment_key,
    payment.reason_code,
    payment.since,
    null,
    payment.expected_amount,
    payment.currency,
    case when ledger.attributed_scout_id is not null then array[ledger.attributed_scout_id] else '{}' end,
    driver.park_id::text
from canon.payments_without_claim as payment
left join observational.lead_ledger as ledger on ledger.person_key = payment.person_key
left join canon.drivers_index as driver on driver.driver_id = payment.driver_id
where
    payment.is_paid
    and not exists (
        select 1 from canon.payment_explanations as explained
        where explained.payment_key = payment.payment_key
    );
