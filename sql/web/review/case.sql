-- One case of the review. No row: it is closed, or there never was one.
select waiting.*
from ops.v_review_cases as waiting
where waiting.case_kind = %(case_kind)s::text and waiting.case_key = %(case_key)s::text;
