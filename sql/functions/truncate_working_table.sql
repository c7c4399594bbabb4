-- Empties a working table of one run. A large one is truncated: deleted rows would stay in its file until a vacuum,
-- and every later step would read past them. A small one is deleted from: truncating creates files that must be
-- synchronised.
create or replace function canon.truncate_working_table(working_table regclass)
returns void
language plpgsql
as $$
declare
    large constant bigint := 1024 * 1024; -- bytes
begin
    if pg_relation_size(working_table) > large then
        execute format('truncate %s', working_table);
    else
        execute format('delete from %s', working_table);
    end if;
end
$$;
