-- Whether a source table is another one than that which a run last read in full, or has columns of other types: then
-- row versions say nothing, and a run compares every row. Ask after the table was locked by reading it.
create or replace function canon.is_source_replaced(table_name text)
returns boolean
language sql stable
as $$
    select coalesce(
        (
            select bound.read_identity <> canon.source_identity(is_source_replaced.table_name)
            from canon.source_bindings as bound
            where bound.table_name = is_source_replaced.table_name
        ),
        false
    )
$$;
