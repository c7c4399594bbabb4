-- A table as the planner sees it. is_working: temporary or unlogged, filled anew by each run. known_rows: rows when its
-- statistics were last gathered, -1 if never (pg_class.reltuples). may_analyse: its owner and its members may, and from
-- PostgreSQL 17 on who was given the right.
select
    relation.relpersistence <> 'p' as is_working,
    relation.reltuples as known_rows,
    current_setting('server_version_num')::integer >= 170000 or pg_has_role(relation.relowner, 'usage') as may_analyse
from pg_catalog.pg_class as relation
where relation.oid = %(table)s::regclass;
