-- The cases of cases_this_step into canon.review_cases: changed ones are updated, new ones added. It has the columns of
-- canon.derived_review_cases and is_kept: whether the case is there already (an anti-join with the target may degrade,
-- see ADR 13). Grain and key: (case_kind, case_key). Repeatable: equal rows are not written.
update canon.review_cases as kept
set
    person_key = derived.person_key,
    reason_code = derived.reason_code,
    since = derived.since,
    probability = derived.probability,
    amount = derived.amount,
    currency = derived.currency,
    scout_ids = derived.scout_ids,
    park_id = derived.park_id
from pg_temp.cases_this_step as derived
where
    derived.is_kept
    and kept.case_kind = derived.case_kind
    and kept.case_key = derived.case_key
    and (
        kept.person_key, kept.reason_code, kept.since, kept.probability, kept.amount, kept.currency, kept.scout_ids,
        kept.park_id
    ) is distinct from (
        derived.person_key, derived.reason_code, derived.since, derived.probability, derived.amount, derived.currency,
        derived.scout_ids, derived.park_id
    );

select canon.defer_indexes(
    'canon.review_cases',
    (select count(*) from pg_temp.cases_this_step as derived where not derived.is_kept)
);

insert into canon.review_cases (
    case_kind, case_key, person_key, source_table, source_pk, payment_key, reason_code, since, probability, amount,
    currency, scout_ids, park_id
)
select
    derived.case_kind,
    derived.case_key,
    derived.person_key,
    derived.source_table,
    derived.source_pk,
    derived.payment_key,
    derived.reason_code,
    derived.since,
    derived.probability,
    derived.amount,
    derived.currency,
    derived.scout_ids,
    derived.park_id
from pg_temp.cases_this_step as derived
where not derived.is_kept
order by derived.case_kind, derived.case_key
on conflict (case_kind, case_key) do nothing; -- a step beside this one added the same

select canon.build_deferred_indexes('canon.review_cases');
