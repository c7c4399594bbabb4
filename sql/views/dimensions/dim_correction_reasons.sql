-- Why a statement corrects an earlier period (ops.v_scout_statement_lines). Grain and key: reason_code.
create or replace view ops.dim_correction_reasons as
select
    label.code as reason_code,
    label.label_es,
    label.label_en
from canon.labels as label
where label.code_group = 'correction';
