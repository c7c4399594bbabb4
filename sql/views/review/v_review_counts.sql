-- How many cases of each kind are kept for the review, and how many of them are put off to a later day than today.
-- Counted from an index, without asking case by case whether it is still open: a case that was closed since the last
-- run, other than by a decision on it, is counted until the next one. Each column is counted by itself: who asks for
-- postponed alone does not wait for a million cases. Grain and key: case_kind.
create or replace view ops.v_review_counts as
select
    kind.case_kind,
    (select count(*) from canon.review_cases as waiting where waiting.case_kind = kind.case_kind) as cases,
    (
        select count(*)
        from ops.review_postponements as postponed
        inner join canon.review_cases as waiting using (case_kind, case_key)
        cross join canon.local_today as local
        where postponed.case_kind = kind.case_kind and postponed.postponed_until > local.today
    ) as postponed
from (
    values ('CONFLICT'), ('UNMATCHED'), ('CONTESTED'), ('REPLACED'), ('UNEXPLAINED_PAYMENT')
) as kind (case_kind)
where exists (select 1 from canon.review_cases as kept where kept.case_kind = kind.case_kind);
