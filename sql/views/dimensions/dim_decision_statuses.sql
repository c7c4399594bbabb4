-- What the ledger says of a person (ops.v_lead_ledger). Grain and key: decision_status.
create or replace view ops.dim_decision_statuses as
select
    label.code as decision_status,
    label.label_es,
    label.label_en
from canon.labels as label
where label.code_group = 'decision';
