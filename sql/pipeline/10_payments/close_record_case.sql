-- A record (%(source_table)s, %(source_pk)s) is no case any more. Grain and key: (case_kind, case_key). Repeatable.
delete from canon.review_cases as kept
where
    kept.case_kind in ('UNMATCHED', 'CONTESTED', 'REPLACED')
    and kept.case_key = %(source_table)s::text || '|' || %(source_pk)s::text;
