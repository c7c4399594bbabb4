-- The jobs whose runs are recorded (ops.v_ingestion_runs). Grain and key: job_type.
create or replace view ops.dim_jobs as
select
    label.code as job_type,
    label.label_es,
    label.label_en
from canon.labels as label
where label.code_group = 'job';
