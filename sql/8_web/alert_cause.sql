-- What an open alert is about; no row: there is no such alert, or it is over.
select alert.cause from ops.v_open_alerts as alert where alert.id = %(alert_id)s::bigint;
