-- How an audited change of a scout came about (ops.v_backfill_audit); links have their match rule instead. Grain and
-- key: method.
create or replace view ops.dim_audit_methods as
select
    label.code as method,
    label.label_es,
    label.label_en
from canon.labels as label
where label.code_group = 'audit_method';
