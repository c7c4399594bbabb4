-- What an audit row says was done (ops.v_backfill_audit). Grain and key: action_type.
create or replace view ops.dim_audit_actions as
select
    label.code as action_type,
    label.label_es,
    label.label_en
from canon.labels as label
where label.code_group = 'audit_action';
