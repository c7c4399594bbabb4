-- What a DAG run decided, and the name of the scout that it assigned. Grain: one decision; the first one is enough.
select
    decision.kind,
    decision.after,
    scout.scout_id,
    scout.raw_name as scout_name,
    count(*) over () as decisions
from ops.v_human_decisions as decision
left join ops.v_dim_scouts as scout
    on scout.scout_id = (decision.after #>> '{ledger,attributed_scout_id}')::integer
where decision.dag_run_id = %(dag_run_id)s::text
order by decision.id
limit 1;
