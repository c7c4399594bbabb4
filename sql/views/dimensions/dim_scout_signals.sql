-- What is worth a look about a scout (ops.v_scout_signals). Grain and key: signal.
create or replace view ops.dim_scout_signals as
select
    label.code as signal,
    label.label_es,
    label.label_en
from canon.labels as label
where label.code_group = 'scout_signal';
