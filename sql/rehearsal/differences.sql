-- The differences, what humans decide about first: contested and changed links, scouts and money, then objects, then
-- what is added; within a kind the largest amounts first. One row per difference, at most %(most_rows)s.
select difference.*
from pg_temp.rehearsed_differences as difference
order by
    difference.kind in ('added', 'new', 'rekeyed'),
    difference.subject = 'object',
    difference.subject,
    difference.kind,
    abs(coalesce(difference.amount_after, 0) - coalesce(difference.amount_before, 0)) desc,
    difference.source_table,
    difference.source_pk,
    difference.driver_id,
    difference.milestone,
    difference.person_before,
    difference.person_after,
    difference.name,
    difference.scout_after,
    difference.after
limit %(most_rows)s::integer;
