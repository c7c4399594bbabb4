-- Every record of every source in one shape, nothing cleaned. The select is repeated for each entry of
-- control_tower/sources.py, joined by `union all`.
-- Grain: one row per row of a source table. row_version is the transaction that last wrote the row: it differs after
-- every insert or update, however late it committed and whatever dates it carries.
-- Columns are cheap to compute: each run scans all rows for the few that changed, and only those are normalised.
create or replace view canon.source_records as
select
    '{table}'::varchar as source_table,
    record.* -- noqa: AM04
from "{view}" as record -- noqa: RF05
;
