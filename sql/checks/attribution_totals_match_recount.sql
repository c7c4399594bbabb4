-- The maintained totals of attribution (canon.attribution_totals) differ from a recount; the next run corrects them.
select
    recount.kept,
    to_jsonb(recount) - 'kept' - 'is_as_kept' as counted
from ops.v_attribution_recount as recount
where not recount.is_as_kept;
