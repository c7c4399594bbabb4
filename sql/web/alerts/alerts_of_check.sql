-- Alerts that contain one check, open or over, the newest first. Grain: one alert. At most 20.
select alert.*
from ops.v_alert_history as alert
where alert.checks @> array[%(check_name)s::text]
order by alert.opened_at desc, alert.id desc
limit 20;
