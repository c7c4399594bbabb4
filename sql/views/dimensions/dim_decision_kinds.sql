-- The kinds of human decisions (ops.v_human_decisions). Grain and key: kind.
create or replace view ops.dim_decision_kinds as
select
    label.code as kind,
    label.label_es,
    label.label_en
from canon.labels as label
where label.code_group = 'decision_kind';
