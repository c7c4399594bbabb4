-- Why a conflict is one (ops.v_scout_attribution_conflicts). Grain and key: conflict_reason.
create or replace view ops.dim_conflict_reasons as
select
    label.code as conflict_reason,
    label.label_es,
    label.label_en
from canon.labels as label
where label.code_group = 'conflict_reason';
