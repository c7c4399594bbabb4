-- Builds the indexes that canon.defer_indexes dropped, if it did, and adds the foreign keys. By one process: other
-- steps of the run work on the other cores.
create or replace function canon.build_deferred_indexes(loaded regclass)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
set max_parallel_maintenance_workers = 0
as $$
declare
    deferred record;
begin
    for deferred in
        select waiting.definition from ops.deferred_indexes as waiting where waiting.table_name = loaded::text
    loop
        if not exists (
            select from pg_index as index
            where index.indrelid = loaded and pg_get_indexdef(index.indexrelid) = deferred.definition
        ) then
            execute deferred.definition;
        end if;
        delete from ops.deferred_indexes as waiting
        where waiting.table_name = loaded::text and waiting.definition = deferred.definition;
    end loop;
end
$$;
