-- Tables in which the pipeline keeps its results or its work. Grain: one row per table that exists, with a schema and a
-- name. `is_lasting`: not the work of one run alone.
select
    relation.relnamespace::regnamespace::text as schema_name,
    relation.relname::text as table_name,
    relation.relpersistence = 'p' as is_lasting
from pg_class as relation
inner join pg_namespace as namespace on namespace.oid = relation.relnamespace
where relation.relkind in ('r', 'p') and namespace.nspname in ('canon', 'observational')
order by schema_name, table_name;
