-- How many rows of the list pass its filters. One row. Without filters, the picture of this moment knows it.
select
    case
        when coalesce(%(scout_id)s::integer, %(min_age_days)s::integer) is null then snapshot.conflicts_count
        else (
            select count(*)
            from ops.v_scout_attribution_conflicts as conflict
            where
                (%(scout_id)s::integer is null or conflict.claimants @> array[%(scout_id)s::integer])
                and (
                    %(min_age_days)s::integer is null
                    or conflict.since
                    <= now() - make_interval(secs => least(%(min_age_days)s::integer, 1000000) * 86400.0)
                )
        )
    end as total
from ops.v_scout_attribution_metrics_snapshot as snapshot;
