-- Why a person has no scout in the ledger (ops.v_persons_without_scout_categorized). Grain and key: category.
create or replace view ops.dim_backlog_categories as
select
    label.code as category,
    label.label_es,
    label.label_en,
    explanation.label_es as explanation_es,
    explanation.label_en as explanation_en
from canon.labels as label
left join canon.labels as explanation
    on explanation.code = label.code and explanation.code_group = 'category.explanation'
where label.code_group = 'category';
