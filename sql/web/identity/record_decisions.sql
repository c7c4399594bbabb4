-- What humans decided about a record, oldest first.
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
where decision.source_table = %(source_table)s::text and decision.source_pk = %(source_pk)s::text
order by decision.id;
