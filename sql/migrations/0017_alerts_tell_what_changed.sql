-- What alerts must remember to tell each change once: which states the reader knows, up to which health check news was
-- told, and whether a check that could not run may run by itself a little later.

-- The states that a message has told of each check, by name.
alter table ops.alert_episodes add column if not exists notified_states jsonb not null default '{}';

-- Of open alerts, those are the states that hold: nothing of it is news after an upgrade.
update ops.alert_episodes as episode
set notified_states = known.states
from (
    select
        open_one.id,
        jsonb_object_agg(
            problem.key,
            coalesce(
                problem.value #> '{details,states}', jsonb_build_array(problem.value -> 'state')
            )
        ) as states
    from ops.alert_episodes as open_one
    cross join jsonb_each(open_one.problems) as problem
    where open_one.closed_at is null and open_one.notified ? problem.key
    group by open_one.id
) as known
where episode.id = known.id;

-- When what a health check found was turned into alerts; NULL: not yet. Until then the gap before it is not told.
alter table ops.health_checks add column if not exists notified_at timestamptz;
update ops.health_checks set notified_at = checked_at where notified_at is null;

-- CHECK_FAILED, but the same check may succeed a little later without anybody doing anything: something was locked.
alter table ops.check_results add column if not exists is_retryable boolean not null default false;
