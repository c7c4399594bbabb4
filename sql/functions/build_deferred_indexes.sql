-- Builds the indexes that canon.defer_indexes dropped in this transaction, if it did, and adds the foreign keys. By one
-- process: other steps of the run work on the other cores.
create or replace function canon.build_deferred_indexes(loaded regclass)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
set max_parallel_maintenance_workers = 0
as $$
declare
    deferred record;
begin
    if to_regclass('pg_temp.deferred_indexes_this_step') is null then
        return;
    end if;
    for deferred in
        delete from pg_temp.deferred_indexes_this_step as index where index.relation = loaded returning index.definition
    loop
        execute deferred.definition;
    end loop;
end
$$;
