-- A decided case is no longer put off. Grain: the cases of one person's scout, of one record, or of one payment.
delete from ops.review_postponements as postponed
where
    (
        %(source_pk)s::text is null
        and postponed.case_kind = 'CONFLICT'
        and postponed.case_key = %(person_key)s::uuid::text
    )
    or (
        postponed.case_kind in ('UNMATCHED', 'CONTESTED', 'REPLACED')
        and postponed.case_key = %(source_table)s::text || '|' || %(source_pk)s::text
    )
    or (
        %(source_table)s::text = 'yango_payment_ledger'
        and postponed.case_kind = 'UNEXPLAINED_PAYMENT'
        and postponed.case_key = %(source_pk)s::text
    );
