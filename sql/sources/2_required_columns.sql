-- Stop migrate_schema, before any change, if source tables lack columns that are read, or have them in a type that is
-- not understood. SQLSTATE CT001; the detail lists each obstacle as schema.table.column, type found, types understood,
-- separated by tabs, one a line.
do $$
declare
    obstacles text;
begin
    select string_agg(
        concat_ws(E'\t', concat_ws('.', 'public', problem.table_name, problem.column_name), problem.found,
                  problem.types_understood),
        E'\n'
    )
    into obstacles
    from canon.source_problems() as problem;

    if obstacles is not null then
        raise exception using
            errcode = 'CT001',
            message = 'source tables cannot be read',
            detail = obstacles,
            hint = 'correct the columns of the source tables, and run migrate_schema again';
    end if;
end
$$;
