-- How claims on the partner and payments to scouts of `after` differ from those of `before`: new, gone, or changed in
-- amount, status, scout, person or reason. Into rehearsed_differences.
-- Grain and key of claims: (driver_id, milestone, currency); of payments: (person, currency), where a person without
-- a measured milestone has no currency. Repeatable after deleting both subjects.
insert into pg_temp.rehearsed_differences (
    subject, kind, name, person_before, person_after, driver_id, milestone, before, after, scout_before, scout_after,
    currency, amount_before, amount_after
)
select
    'claim',
    case when before.moment is null then 'new' when after.moment is null then 'gone' else 'changed' end,
    person.primary_full_name,
    before.person_key,
    known.person_key,
    coalesce(after.driver_id, before.driver_id),
    coalesce(after.milestone, before.milestone),
    before.status,
    after.status,
    before.scout_id,
    after.scout_id,
    coalesce(after.currency, before.currency),
    before.amount,
    after.amount
from (select claim.* from pg_temp.rehearsed_claims as claim where claim.moment = 'before') as before
full join (select claim.* from pg_temp.rehearsed_claims as claim where claim.moment = 'after') as after
    on
        coalesce(after.driver_id, '') = coalesce(before.driver_id, '')
        and coalesce(after.milestone, 0) = coalesce(before.milestone, 0)
        and coalesce(after.currency, '') = coalesce(before.currency, '')
left join pg_temp.rehearsed_persons as known on known.person_key = after.person_key
left join canon.identity_registry as person on person.person_key = coalesce(after.person_key, before.person_key)
where
    before.moment is null
    or after.moment is null
    or (before.amount, before.status, before.scout_id, before.person_key)
    is distinct from (after.amount, after.status, after.scout_id, after.person_key);

insert into pg_temp.rehearsed_differences (
    subject, kind, name, person_before, person_after, before, after, scout_before, scout_after, currency,
    amount_before, amount_after, reason
)
select
    'payment',
    case when before.moment is null then 'new' when after.moment is null then 'gone' else 'changed' end,
    person.primary_full_name,
    before.person_key,
    known.person_key,
    before.status,
    after.status,
    before.scout_id,
    after.scout_id,
    coalesce(after.currency, before.currency),
    before.amount,
    after.amount,
    nullif(concat_ws(' -> ', before.reason, after.reason), '')
from (select payment.* from pg_temp.rehearsed_payments as payment where payment.moment = 'before') as before
full join (select payment.* from pg_temp.rehearsed_payments as payment where payment.moment = 'after') as after
    on after.person_key = before.person_key and coalesce(after.currency, '') = coalesce(before.currency, '')
left join pg_temp.rehearsed_persons as known on known.person_key = after.person_key
left join canon.identity_registry as person on person.person_key = coalesce(after.person_key, before.person_key)
where
    before.moment is null
    or after.moment is null
    or (before.amount, before.status, before.scout_id, before.reason)
    is distinct from (after.amount, after.status, after.scout_id, after.reason);

analyze pg_temp.rehearsed_differences;
