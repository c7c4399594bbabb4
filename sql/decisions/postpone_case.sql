-- Put a review case off until a day; a later call replaces an earlier one. One row: what is written, with the time.
insert into ops.review_postponements as postponed (
    case_kind, case_key, postponed_until, reason, postponed_by, postponed_at
)
select
    waiting.case_kind,
    waiting.case_key,
    %(postponed_until)s::date,
    %(reason)s::text,
    %(postponed_by)s::text,
    clock_timestamp()
from ops.v_review_cases as waiting
where waiting.case_kind = %(case_kind)s and waiting.case_key = %(case_key)s
on conflict (case_kind, case_key) do update set
    postponed_until = excluded.postponed_until,
    reason = excluded.reason,
    postponed_by = excluded.postponed_by,
    postponed_at = excluded.postponed_at
returning
    postponed.case_kind, postponed.case_key, postponed.postponed_until, postponed.reason, postponed.postponed_by,
    postponed.postponed_at;
