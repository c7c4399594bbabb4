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
    conflict.case_kind,
    conflict.case_key,
    conflict.person_key,
    conflict.source_table,
    conflict.source_pk,
    conflict.payment_key,
    conflict.reason_code,
    conflict.since,
    conflict.probability,
    conflict.amount,
    conflict.currency,
    conflict.scout_ids,
    conflict.park_id
from canon.derived_conflict_cases as conflict
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
