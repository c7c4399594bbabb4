-- How bad the state of a check is (ops.v_check_results, ops.v_scout_attribution_health). Grain and key: severity.
create or replace view ops.dim_severities as
select
    label.code as severity,
    label.label_es,
    label.label_en
from canon.labels as label
where label.code_group = 'severity';
