-- What stands behind the name of a source table now: the table itself, and the types of the columns that are read,
-- which decide what its rows say. Row versions of two tables cannot be compared: rows written in one transaction have
-- the same. NULL: there is no such table.
create or replace function canon.source_identity(table_name text)
returns text
language sql stable
as $$
    select concat_ws(
        ' ', relation.oid,
        (
            select md5(string_agg(
                concat_ws(' ', existing.attname, format_type(existing.atttypid, existing.atttypmod)), ','
                order by existing.attname
            ))
            from canon.source_columns as wanted
            inner join pg_catalog.pg_attribute as existing
                on existing.attrelid = relation.oid and existing.attname = wanted.column_name
            where wanted.table_name = source_identity.table_name and not existing.attisdropped
        )
    )
    from pg_catalog.pg_class as relation
    where relation.oid = to_regclass(format('public.%I', source_identity.table_name))
$$;
