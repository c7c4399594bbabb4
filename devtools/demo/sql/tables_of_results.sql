-- Tables in which the pipeline keeps its results, and not the work of one run, nor of which moment results are. Grain:
-- one row per table.
select
    relation.relnamespace::regnamespace::text as schema_name,
    relation.relname::text as table_name
from pg_class as relation
inner join pg_namespace as namespace on namespace.oid = relation.relnamespace
where
    relation.relkind in ('r', 'p') and relation.relpersistence = 'p' and namespace.nspname in ('canon', 'observational')
    and relation.relname <> 'read_model_refreshes'
order by schema_name, table_name;
