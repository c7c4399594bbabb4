-- What keeps the quality of scout attribution from OK (ops.v_scout_attribution_health). Grain and key: reason.
create or replace view ops.dim_quality_reasons as
select
    label.code as reason,
    label.label_es,
    label.label_en
from canon.labels as label
where label.code_group = 'quality_reason';
