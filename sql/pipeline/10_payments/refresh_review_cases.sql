-- The conflicts of %(persons)s (keys as text) and the case of one record or payment (%(source_table)s, %(source_pk)s;
-- NULL: none) as they are now, for keep_review_cases.sql.
-- Grain and key: (case_kind, case_key). Leaves: cases_this_step.
drop table if exists cases_this_step;

create temporary table cases_this_step on commit drop as
select
    derived.*,
    kept.case_key is not null as is_kept
from (
    select conflict.*
    from canon.derived_review_cases as conflict
    where conflict.case_kind = 'CONFLICT' and conflict.person_key = any(%(persons)s::uuid[])
    union all
    select record.*
    from canon.derived_review_cases as record
    where record.source_table = %(source_table)s::text and record.source_pk = %(source_pk)s::text
    union all
    select payment.*
    from canon.derived_review_cases as payment
    where
        %(source_table)s::text = 'yango_payment_ledger'
        and payment.case_kind = 'UNEXPLAINED_PAYMENT'
        and payment.payment_key = %(source_pk)s::text
) as derived
left join canon.review_cases as kept on kept.case_kind = derived.case_kind and kept.case_key = derived.case_key;

delete from canon.review_cases as kept
where
    (
        (kept.case_kind = 'CONFLICT' and kept.case_key = any(%(persons)s::text[]))
        or (
            kept.case_kind in ('UNMATCHED', 'CONTESTED', 'REPLACED')
            and kept.case_key = %(source_table)s::text || '|' || %(source_pk)s::text
        )
        or (
            %(source_table)s::text = 'yango_payment_ledger'
            and kept.case_kind = 'UNEXPLAINED_PAYMENT'
            and kept.case_key = %(source_pk)s::text
        )
    )
    and not exists (
        select 1
        from cases_this_step as derived
        where derived.case_kind = kept.case_kind and derived.case_key = kept.case_key
    );
