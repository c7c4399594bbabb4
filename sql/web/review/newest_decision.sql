-- The number of the newest human decision, and how many of the newest wait for their money: totals that were kept
-- before are counted anew. One row.
select
    max(newest.id) as id,
    count(*) filter (where newest.awaits_money) as awaiting
from (
    select
        decision.id,
        decision.awaits_money
    from ops.v_human_decisions as decision
    order by decision.id desc
    limit 20
) as newest;
