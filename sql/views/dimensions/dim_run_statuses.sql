-- The statuses of runs (ops.v_ingestion_runs). Grain and key: status.
create or replace view ops.dim_run_statuses as
select
    label.code as status,
    label.label_es,
    label.label_en
from canon.labels as label
where label.code_group = 'run_status';
