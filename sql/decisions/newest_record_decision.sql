-- The newest human decision on a record, and whether the record is still as it left it; all columns NULL if there is
-- none. One row.
select
    decision.id,
    decision.kind,
    decision.person_key::text as person_key,
    decision.source_table,
    decision.source_pk,
    decision.before,
    decision.after,
    decision.reason,
    decision.decided_by,
    decision.decided_at,
    (coalesce(link.linked_at, unmatched.resolved_at) is not distinct from decision.decided_at) as is_unchanged
from (values (%(source_table)s::varchar, %(source_pk)s::varchar)) as asked (source_table, source_pk)
left join lateral (
    select newest.*
    from ops.human_decisions as newest
    where newest.source_table = asked.source_table and newest.source_pk = asked.source_pk
    order by newest.id desc
    limit 1
) as decision on true
left join canon.identity_links as link
    on link.source_table = asked.source_table and link.source_pk = asked.source_pk
left join canon.identity_unmatched as unmatched
    on unmatched.source_table = asked.source_table and unmatched.source_pk = asked.source_pk;
