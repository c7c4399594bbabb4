-- The version of a record that waits for a human (see ops.v_review_cases). No row: it does not wait.
select waiting.case_version
from ops.v_review_cases as waiting
where
    waiting.case_kind in ('UNMATCHED', 'CONTESTED', 'REPLACED')
    and waiting.case_key = %(source_table)s::text || '|' || %(source_pk)s::text
order by waiting.case_kind
limit 1;
