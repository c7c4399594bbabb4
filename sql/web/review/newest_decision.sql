-- The number of the newest human decision; totals that are older are counted anew. One row.
select max(decision.id) as id
from ops.v_human_decisions as decision;
