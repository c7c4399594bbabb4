-- The payments that belong to no claim and are not explained, and what is payable for the persons of contested records,
-- for keep_review_cases.sql. All are compared: there are few.
-- Grain and key: (case_kind, case_key). Leaves: cases_this_step.
drop table if exists cases_this_step;

create temporary table cases_this_step on commit drop as
select
    derived.*,
    kept.case_key is not null as is_kept
from canon.derived_review_cases as derived
left join canon.review_cases as kept on kept.case_kind = derived.case_kind and kept.case_key = derived.case_key
where derived.case_kind in ('UNEXPLAINED_PAYMENT', 'CONTESTED', 'REPLACED');

delete from canon.review_cases as kept
where
    kept.case_kind = 'UNEXPLAINED_PAYMENT'
    and not exists (
        select 1
        from cases_this_step as derived
        where derived.case_kind = kept.case_kind and derived.case_key = kept.case_key
    );
