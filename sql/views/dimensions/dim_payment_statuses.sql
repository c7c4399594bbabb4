-- What a person is worth to a scout (ops.v_scout_liquidation). Grain and key: payment_status.
create or replace view ops.dim_payment_statuses as
select
    label.code as payment_status,
    label.label_es,
    label.label_en
from canon.labels as label
where label.code_group = 'liquidation';
