-- The decision that this DAG run has already made; all columns NULL if none. One row.
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
    decision.decided_at
from (values (%(dag_run_id)s::text)) as asked (dag_run_id)
left join ops.human_decisions as decision
    on decision.dag_run_id = asked.dag_run_id and decision.kind = %(kind)s and decision.reason = %(reason)s
order by decision.id desc
limit 1;
