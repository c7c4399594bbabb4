-- Comments on the views that readers may see and on their columns, in the language of the settings. migrate_schema
-- fills in the two sets of texts: of views by name; of columns by name, or by view and name where a view means
-- something else. A view that an established database had before keeps the comments that it had.
do $$
declare
    wanted record;
    mark_start constant text := 'Control Tower created this and keeps it up to date.';
begin
    for wanted in
        with views as (
            select
                relation.oid,
                relation.oid::regclass as name,
                case relation.relkind when 'm' then 'materialized view' else 'view' end as kind,
                offered.is_established,
                offered.text,
                obj_description(relation.oid, 'pg_class') as current_text
            from jsonb_to_recordset('{views}'::jsonb) as offered (name text, is_established boolean, text text)
            inner join pg_class as relation on relation.oid = to_regclass(offered.name)
        ),

        ours as (
            select
                views.*,
                -- what says that the view is ours stays at the end
                views.text || coalesce(' ' || substring(views.current_text from mark_start || '.*$'), '') as new_text
            from views
            where not views.is_established or strpos(views.current_text, mark_start) > 0
        ),

        columns as (
            select
                ours.name,
                attribute.attname,
                coalesce(own.text, shared.text) as new_text,
                col_description(attribute.attrelid, attribute.attnum) as current_text
            from ours
            inner join pg_attribute as attribute
                on attribute.attrelid = ours.oid and attribute.attnum > 0 and not attribute.attisdropped
            left join jsonb_each_text('{columns}'::jsonb) as own (key, text)
                on own.key = ours.name::text || '.' || attribute.attname
            left join jsonb_each_text('{columns}'::jsonb) as shared (key, text) on shared.key = attribute.attname
        )

        select format('comment on %s %s is %L', ours.kind, ours.name, ours.new_text) as statement
        from ours
        where ours.current_text is distinct from ours.new_text
        union all
        select format('comment on column %s.%I is %L', columns.name, columns.attname, columns.new_text)
        from columns
        where columns.new_text is not null and columns.current_text is distinct from columns.new_text
    loop
        execute wanted.statement;
    end loop;
end
$$;
