-- Who undid rows of one run, when and why, the newest first. Grain: one undo.
select
    decision.decided_at,
    decision.decided_by,
    decision.reason,
    count(*) as rows_put_back
from ops.v_human_decisions as decision
where decision.reverted_run_id = %(run_id)s::integer
group by decision.decided_at, decision.decided_by, decision.reason
order by decision.decided_at desc;
