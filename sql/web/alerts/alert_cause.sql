-- What an open alert is about, and whether a check is part of it; no row: there is no such alert, or it is over.
select
    alert.cause,
    coalesce(%(check_name)s::text = any(alert.checks), false) as has_check
from ops.v_open_alerts as alert
where alert.id = %(alert_id)s::bigint;
