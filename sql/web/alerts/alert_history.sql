-- Every alert, open or over. Grain: one alert. Filter: cause.
select alert.*
from ops.v_alert_history as alert
where %(cause)s::text is null or alert.cause = %(cause)s::text;
