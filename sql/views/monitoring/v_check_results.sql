-- The latest result of each check, and whether health checks still run (`health.itself`, computed at read time). Grain
-- and key: check_name, `<group>.<subject>`. `severity`: OK, YELLOW, RED, or UNKNOWN when it could not be measured;
-- `is_overdue`: the result is older than an hour; `episode_id`: the open alert that contains the check.
create or replace view ops.v_check_results as
select result.*
from ops.v_check_results_at(now()) as result;
