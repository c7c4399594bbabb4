-- The kinds of lines of a statement (ops.v_scout_statement_lines). Grain and key: kind.
create or replace view ops.dim_statement_line_kinds as
select
    label.code as kind,
    label.label_es,
    label.label_en
from canon.labels as label
where label.code_group = 'line_kind';
