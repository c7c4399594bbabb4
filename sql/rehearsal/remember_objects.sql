-- The objects of the four schemas at %(moment)s, each with a digest of its definition. What belongs to an extension,
-- and what comes with another object (index of a constraint, type of a table), is not listed.
-- Grain and key: (moment, kind, name). Into rehearsed_objects. Repeatable after deleting that moment.
insert into pg_temp.rehearsed_objects (moment, kind, name, digest)
with our_schemas as (
    select schema.oid, schema.nspname
    from pg_namespace as schema
    where schema.nspname in ('public', 'canon', 'observational', 'ops')
),

relations as (
    select
        relation.oid,
        relation.relkind,
        format('%%I.%%I', schema.nspname, relation.relname) as name
    from pg_class as relation
    inner join our_schemas as schema on schema.oid = relation.relnamespace
    where
        not exists (
            select from pg_depend as member
            where member.classid = 'pg_class'::regclass and member.objid = relation.oid and member.deptype = 'e'
        )
),

objects (kind, name, definition) as (
    select 'schema', schema.nspname::text, ''
    from our_schemas as schema
    union all
    select
        case when relation.relkind = 'f' then 'foreign table' else 'table' end,
        relation.name,
        (
            select string_agg(
                concat_ws(
                    ' ', attribute.attname, format_type(attribute.atttypid, attribute.atttypmod),
                    attribute.attnotnull::text, pg_get_expr(standard.adbin, standard.adrelid)
                ), ', ' order by attribute.attnum
            )
            from pg_attribute as attribute
            left join pg_attrdef as standard
                on standard.adrelid = attribute.attrelid and standard.adnum = attribute.attnum
            where attribute.attrelid = relation.oid and attribute.attnum > 0 and not attribute.attisdropped
        )
    from relations as relation
    where relation.relkind in ('r', 'p', 'f')
    union all
    select
        case relation.relkind when 'v' then 'view' else 'materialised view' end,
        relation.name,
        pg_get_viewdef(relation.oid)
    from relations as relation
    where relation.relkind in ('v', 'm')
    union all
    select 'sequence', relation.name, ''
    from relations as relation
    where relation.relkind = 'S'
    union all
    select 'index', relation.name, pg_get_indexdef(relation.oid)
    from relations as relation
    where
        relation.relkind in ('i', 'I')
        and not exists (select from pg_constraint as made where made.conindid = relation.oid and made.contype <> 'f')
    union all
    select 'constraint', concat_ws(' ', relation.name, made.conname), pg_get_constraintdef(made.oid)
    from pg_constraint as made
    inner join relations as relation on relation.oid = made.conrelid
    where made.contype <> 'n' -- part of its column
    union all
    select 'trigger', concat_ws(' ', relation.name, made.tgname), pg_get_triggerdef(made.oid)
    from pg_trigger as made
    inner join relations as relation on relation.oid = made.tgrelid
    where not made.tgisinternal
    union all
    select
        'function',
        format('%%I.%%I(%%s)', schema.nspname, routine.proname, pg_get_function_identity_arguments(routine.oid)),
        pg_get_functiondef(routine.oid)
    from pg_proc as routine
    inner join our_schemas as schema on schema.oid = routine.pronamespace
    where
        routine.prokind in ('f', 'p')
        and not exists (
            select from pg_depend as member
            where member.classid = 'pg_proc'::regclass and member.objid = routine.oid and member.deptype = 'e'
        )
    union all
    select
        'enum',
        format('%%I.%%I', schema.nspname, enum.typname),
        (
            select string_agg(label.enumlabel, ', ' order by label.enumlabel)
            from pg_enum as label where label.enumtypid = enum.oid
        )
    from pg_type as enum
    inner join our_schemas as schema on schema.oid = enum.typnamespace
    where enum.typtype = 'e'
)

select
    %(moment)s,
    objects.kind,
    objects.name,
    md5(coalesce(objects.definition, ''))
from objects;
