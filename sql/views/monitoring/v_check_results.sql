-- The latest result of each check, and whether anybody still looks (`health.itself`, told at read time). Grain and key:
-- check_name, `<group>.<subject>`. `severity`: OK, YELLOW, RED, or UNKNOWN where nobody can say; `is_overdue`: it was
-- not looked at for an hour, so that it says what was; `episode_id`: the open alert that tells of it.
create or replace view ops.v_check_results as
select
    result.check_name,
    result.subject,
    result.severity,
    result.state,
    result.since,
    result.checked_at,
    result.age,
    result.is_overdue,
    result.cause,
    result.value,
    result.limit_value,
    result.details,
    result.episode_id,
    result.muted_until
from ops.v_check_results_at(now()) as result;
