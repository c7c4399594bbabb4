-- Open conflicts: persons whom several scouts claim. Grain: one person. Filters: a scout who claims, a least age.
select conflict.*
from ops.v_scout_attribution_conflicts as conflict
where
    (%(scout_id)s::integer is null or conflict.claimants @> array[%(scout_id)s::integer])
    -- age_days >= min_age_days, as a limit that an index can follow; nothing is older than a million days
    and (
        %(min_age_days)s::integer is null
        or conflict.since <= now() - make_interval(secs => least(%(min_age_days)s::integer, 1000000) * 86400.0)
    );
