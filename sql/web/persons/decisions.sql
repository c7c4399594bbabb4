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
from ops.v_human_decisions as decision
where decision.person_key = %(person_key)s::uuid
union
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
from ops.v_identity_links as link
inner join ops.v_human_decisions as decision using (source_table, source_pk)
where link.person_key = %(person_key)s::uuid
order by id;
