-- The version of a person's open conflict (see ops.v_review_cases). No row: there is none.
select waiting.case_version
from ops.v_review_cases as waiting
where waiting.case_kind = 'CONFLICT' and waiting.case_key = %(person_key)s::uuid::text;
