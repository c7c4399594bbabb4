-- The tables that records, events and claims come from, and the origins that the ledger names. Grain and key:
-- source_table.
create or replace view ops.dim_sources as
select
    label.code as source_table,
    label.label_es,
    label.label_en
from canon.labels as label
where label.code_group = 'source';
