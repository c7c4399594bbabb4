-- The conflicts of %(persons)s (keys as text) as they are now, for keep_review_cases.sql.
-- Grain and key: (case_kind, case_key). Leaves: cases_this_step.
drop table if exists cases_this_step;

create temporary table cases_this_step on commit drop as
select
    derived.*,
    kept.case_key is not null as is_kept
from canon.derived_conflict_cases as derived
left join canon.review_cases as kept on kept.case_kind = derived.case_kind and kept.case_key = derived.case_key
where derived.person_key = any(%(persons)s::uuid[]);

delete from canon.review_cases as kept
where
    kept.case_kind = 'CONFLICT'
    and kept.case_key = any(%(persons)s::text[])
    and not exists (
        select 1
        from cases_this_step as derived
        where derived.case_kind = kept.case_kind and derived.case_key = kept.case_key
    );
