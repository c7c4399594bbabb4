-- The statuses of records that a human may have to decide on (ops.v_identity_unmatched). Grain and key: status.
create or replace view ops.dim_record_statuses as
select
    label.code as status,
    label.label_es,
    label.label_en
from canon.labels as label
where label.code_group = 'unmatched_status';
