-- What keeps source tables from being read, by the catalogue alone: no table of that name, a required column that is
-- missing, a column of a type that is not understood. One row per obstacle; column_name is NULL where the table is
-- missing or is none, and types_understood where the column is.
create or replace function canon.source_problems()
returns table (table_name text, column_name text, found text, types_understood text)
language sql stable
as $$
    with sources as (
        select
            named.table_name,
            min(named.place) as place,
            to_regclass(format('public.%I', named.table_name)) as relation
        from canon.source_columns as named
        group by named.table_name
    ),

    columns as (
        select
            sources.table_name,
            wanted.column_name,
            wanted.reads_as,
            wanted.is_required,
            wanted.place,
            existing.atttypid,
            existing.atttypmod,
            coalesce(nullif(base.typbasetype, 0), base.oid) as base_type
        from sources
        inner join canon.source_columns as wanted on wanted.table_name = sources.table_name
        left join pg_catalog.pg_attribute as existing
            on
                existing.attrelid = sources.relation
                and existing.attname = wanted.column_name
                and existing.attnum > 0
                and not existing.attisdropped
        left join pg_catalog.pg_type as base on base.oid = existing.atttypid
        where sources.relation is not null
    ),

    problems as (
        select
            sources.table_name,
            null as column_name,
            case when kind.relkind is null then 'no such table' else 'not a table' end as found,
            null as types_understood,
            sources.place
        from sources
        left join pg_catalog.pg_class as kind on kind.oid = sources.relation
        where kind.relkind is null or kind.relkind not in ('r', 'p', 'v', 'm', 'f')
        union all
        select
            columns.table_name,
            columns.column_name,
            case when columns.atttypid is null then 'missing' else format_type(columns.atttypid, columns.atttypmod) end,
            case
                when columns.atttypid is not null
                    then (
                        select string_agg(readable.type::text, ', ' order by readable.place)
                        from canon.readable_types as readable
                        where readable.reads_as = columns.reads_as
                    )
            end,
            columns.place
        from columns
        where
            (columns.atttypid is null and columns.is_required)
            or (
                columns.atttypid is not null
                and not exists (
                    select from canon.readable_types as readable
                    where readable.reads_as = columns.reads_as and readable.type = columns.base_type
                )
            )
    )

    select problems.table_name, problems.column_name, problems.found, problems.types_understood
    from problems
    order by problems.place
$$;
