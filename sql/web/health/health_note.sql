-- What is yellow or red as the last health check found it, the worst and oldest first, with who takes care of it and
-- until when it is silent. Grain: one check.
select
    result.check_name,
    result.state,
    result.severity,
    result.since,
    result.muted_until,
    alert.acknowledged_by,
    alert.acknowledged_at,
    alert.opened_at
from ops.v_check_results as result
left join ops.v_open_alerts as alert on alert.id = result.episode_id
where result.severity in ('YELLOW', 'RED')
order by result.severity = 'RED' desc, result.muted_until is not null, result.since, result.check_name;
