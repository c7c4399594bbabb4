-- The usual share of records in doubt or undone: the median over the scouts with records. One row.
select percentile_cont(0.5) within group (order by quality.doubt_share) as median_doubt_share
from (
    select
        scout.scout_id,
        min(scout.doubt_share) as doubt_share
    from ops.v_scouts as scout
    where scout.records > 0
    group by scout.scout_id
) as quality;
