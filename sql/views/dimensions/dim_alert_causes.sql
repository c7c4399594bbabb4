-- What an alert is about (ops.v_open_alerts). Grain and key: cause.
create or replace view ops.dim_alert_causes as
select
    label.code as cause,
    label.label_es,
    label.label_en
from canon.labels as label
where label.code_group = 'cause';
