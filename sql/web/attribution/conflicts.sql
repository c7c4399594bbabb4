-- Open conflicts: persons whom several scouts claim. Grain: one person. Filters: a scout who claims, a least age.
select
    conflict.person_key,
    conflict.distinct_scout_count,
    conflict.scout_ids,
    conflict.sources,
    conflict.origin_tags,
    conflict.first_event_date,
    conflict.last_event_date,
    conflict.total_sources,
    conflict.ledger_scout_id,
    conflict.since,
    conflict.age_days
from ops.v_scout_attribution_conflicts as conflict
where
    (%(scout_id)s::integer is null or conflict.claimants @> array[%(scout_id)s::integer])
    -- age_days >= min_age_days, as a limit that an index can follow; nothing is older than a million days
    and (
        %(min_age_days)s::integer is null
        or conflict.since <= now() - make_interval(secs => least(%(min_age_days)s::integer, 1000000) * 86400.0)
    );
