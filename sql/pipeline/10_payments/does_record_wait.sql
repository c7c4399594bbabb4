-- Whether a record (%(source_table)s, %(source_pk)s) is a case: without a person, or in doubt. One row.
select
    exists (
        select 1
        from canon.identity_unmatched as unmatched
        where
            unmatched.source_table = %(source_table)s::text
            and unmatched.source_pk = %(source_pk)s::text
            and unmatched.status = 'OPEN'
    )
    or exists (
        select 1
        from canon.identity_contested as contested
        where contested.source_table = %(source_table)s::text and contested.source_pk = %(source_pk)s::text
    ) as waits;
