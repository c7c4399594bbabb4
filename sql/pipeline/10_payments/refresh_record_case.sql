-- The case of one record (%(source_table)s, %(source_pk)s) as it is now, for keep_review_cases.sql.
-- Grain and key: (case_kind, case_key). Leaves: cases_this_step.
drop table if exists cases_this_step;

create temporary table cases_this_step on commit drop as
select
    derived.*,
    kept.case_key is not null as is_kept
from canon.derived_record_cases as derived
left join canon.review_cases as kept on kept.case_kind = derived.case_kind and kept.case_key = derived.case_key
where derived.source_table = %(source_table)s::text and derived.source_pk = %(source_pk)s::text;

delete from canon.review_cases as kept
where
    kept.case_kind in ('UNMATCHED', 'CONTESTED', 'REPLACED')
    and kept.case_key = %(source_table)s::text || '|' || %(source_pk)s::text
    and not exists (
        select 1
        from cases_this_step as derived
        where derived.case_kind = kept.case_kind and derived.case_key = kept.case_key
    );
