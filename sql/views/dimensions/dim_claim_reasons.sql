-- Why a claim on the partner is paid or open (ops.v_yango_collection_list). Grain and key: reason_code.
create or replace view ops.dim_claim_reasons as
select
    label.code as reason_code,
    label.label_es,
    label.label_en
from canon.labels as label
where label.code_group = 'claim_reason';
