-- The open alerts. Grain: one alert. Filter: severity.
select
    alert.*,
    coalesce(silent.checks, '{}') as muted_checks
from ops.v_open_alerts as alert
left join (
    select
        check_result.episode_id,
        jsonb_object_agg(check_result.check_name, check_result.muted_until) as checks
    from ops.v_check_results as check_result
    where check_result.muted_until is not null
    group by check_result.episode_id
) as silent on silent.episode_id = alert.id
where %(severity)s::text is null or alert.severity = %(severity)s::text;
