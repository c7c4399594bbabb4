-- Why nothing is paid to a scout for a person (ops.v_scout_liquidation). Grain and key: block_reason.
create or replace view ops.dim_block_reasons as
select
    label.code as block_reason,
    label.label_es,
    label.label_en
from canon.labels as label
where label.code_group = 'block';
