-- Gathers statistics of one of our tables, of all columns if none is named, with the right of the owner of our objects.
-- SECURITY DEFINER: before PostgreSQL 17 the right to do so cannot be given, and without statistics the next step of a
-- run would have a plan for an empty table.
create or replace function ops.analyse_table(relation regclass, column_names text[])
returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    listed constant text := (select string_agg(quote_ident(named.name), ', ') from unnest(column_names) as named (name));
begin
    execute format('analyze %s %s', relation, '(' || listed || ')');
end
$$;
