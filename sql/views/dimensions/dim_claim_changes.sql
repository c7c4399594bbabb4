-- What changed a claim on the partner, or took a payment out of it (ops.v_claim_changes). Grain and key: reason_code.
create or replace view ops.dim_claim_changes as
select
    label.code as reason_code,
    label.label_es,
    label.label_en
from canon.labels as label
where label.code_group = 'claim_change';
