-- A table as the planner sees it. is_working: temporary or unlogged, filled anew by each run. known_rows: rows when its
-- statistics were last gathered, -1 if never (pg_class.reltuples).
select
    relation.relpersistence <> 'p' as is_working,
    relation.reltuples as known_rows
from pg_catalog.pg_class as relation
where relation.oid = %(table)s::regclass;
