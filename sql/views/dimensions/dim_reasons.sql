-- Why a record has no person (ops.v_identity_unmatched), or why its link is contested (ops.v_identity_contested).
-- Grain and key: reason_code.
create or replace view ops.dim_reasons as
select
    label.code as reason_code,
    label.label_es,
    label.label_en,
    explanation.label_es as explanation_es,
    explanation.label_en as explanation_en
from canon.labels as label
left join canon.labels as explanation on explanation.code = label.code and explanation.code_group = 'reason.explanation'
where label.code_group = 'reason';
