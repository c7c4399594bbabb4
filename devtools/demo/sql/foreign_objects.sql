-- What a database with a demo holds beside the demo and the schema that migrate_schema makes: tables, views and
-- functions of others, and settings and rights that somebody gave the database. Grain: one line of text per object.
with sources (name) as (
    values
    ('drivers'), ('summary_daily'), ('module_ct_cabinet_leads'), ('module_ct_scouting_daily'), ('module_ct_migrations'),
    ('module_ct_scouts_list'), ('module_ct_cabinet_payments'), ('module_ct_scout_drivers')
),

schemas_of_others as (
    select schema.oid, schema.nspname
    from pg_namespace as schema
    where
        schema.nspname not in ('canon', 'observational', 'ops', 'demo', 'information_schema')
        and schema.nspname !~ '^pg_'
),

objects as (
    select
        'pg_class'::regclass as catalogue,
        relation.oid,
        format('%I.%I', schema.nspname, relation.relname) as name
    from pg_class as relation
    inner join schemas_of_others as schema on schema.oid = relation.relnamespace
    where
        relation.relkind in ('r', 'p', 'v', 'm', 'f')
        and not (schema.nspname = 'public' and relation.relname in (select sources.name from sources))
    union all
    select 'pg_proc'::regclass, routine.oid, routine.oid::regprocedure::text
    from pg_proc as routine
    inner join schemas_of_others as schema on schema.oid = routine.pronamespace
)

select objects.name
from objects
where
    not exists (
        select 1 from pg_depend as dependence
        where dependence.classid = objects.catalogue and dependence.objid = objects.oid and dependence.deptype = 'e'
    )
union all
select 'settings of the database'
from pg_db_role_setting as setting
inner join pg_database as database on database.oid = setting.setdatabase
where database.datname = current_database()
union all
select 'rights on the database'
from pg_database as database
where database.datname = current_database() and database.datacl is not null
order by name;
