-- How sure a link or an attribution is, in both spellings that columns have. Grain and key: confidence_level.
create or replace view ops.dim_confidence_levels as
select
    label.code as confidence_level,
    label.label_es,
    label.label_en
from canon.labels as label
where label.code_group = 'confidence';
