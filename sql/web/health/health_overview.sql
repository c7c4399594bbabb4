-- Attribution and the watch itself as they stand now, and invariants, DAG files, channels, and whether all of
-- it could be looked at, as the last health check found them, in one row.
with broken as materialized (
    select
        check_result.check_name,
        check_result.state,
        check_result.severity
    from ops.v_check_results as check_result
    where
        check_result.severity in ('YELLOW', 'RED')
        -- all other groups are read live
        and (
            split_part(check_result.check_name, '.', 1) in ('invariant', 'dag', 'channel', 'probe')
            or check_result.check_name = 'health.version'
        )
)

select
    attribution.state as attribution_state,
    attribution.reasons as attribution_reasons,
    attribution.checked_at,
    (select coalesce(jsonb_object_agg(check_name, state), '{}') from broken) as unhealthy_checks,
    (select count(*) from broken where severity = 'RED') as red_checks,
    watch.severity as watch_severity,
    watch.state as watch_state,
    (select count(*) from ops.v_open_alerts) as open_alerts,
    -- as monitoring/database_version.sql
    substring(
        obj_description(to_regclass('ops.control_tower_schema_version'), 'pg_class') from '\S+$'
    ) as database_version
from ops.v_scout_attribution_health as attribution
left join ops.v_check_results as watch on watch.check_name = 'health.itself';
