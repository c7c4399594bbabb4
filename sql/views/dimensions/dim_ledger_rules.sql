-- The rules by which a person has a scout in the ledger, or none (ops.v_lead_ledger). Grain and key: attribution_rule.
create or replace view ops.dim_ledger_rules as
select
    label.code as attribution_rule,
    label.label_es,
    label.label_en
from canon.labels as label
where label.code_group = 'ledger_rule';
