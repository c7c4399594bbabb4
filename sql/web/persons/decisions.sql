-- What humans decided about the person or one of its records, oldest first.
select
    decision.id,
    decision.kind,
    decision.source_table,
    decision.source_pk,
    decision.reverted_run_id,
    decision.before,
    decision.after,
    decision.reason,
    decision.decided_by,
    decision.decided_at,
    decision.dag_run_id
from (
    select own.id
    from ops.v_human_decisions as own
    where own.person_key = %(person_key)s::uuid
    union
    select of_record.id
    from ops.v_identity_links as link
    inner join ops.v_human_decisions as of_record using (source_table, source_pk)
    where link.person_key = %(person_key)s::uuid
) as found
inner join ops.v_human_decisions as decision using (id)
order by decision.id;
