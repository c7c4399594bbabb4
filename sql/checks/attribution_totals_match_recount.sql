-- A count of persons that is kept (canon.attribution_totals) is not what counting says; the next run puts it right.
select
    recount.kept,
    to_jsonb(recount) - 'kept' - 'is_as_kept' as counted
from ops.v_attribution_recount as recount
where not recount.is_as_kept;
