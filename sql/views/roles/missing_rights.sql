-- Rights that our roles should have and lack. Grain: one statement per object and role that gives them.
create or replace view ops.missing_rights as
with roles as (
    select
        found.rolname as role_name,
        found.oid as role_id,
        found.rolname = 'control_tower_writer' as is_writer
    from pg_roles as found
    where found.rolname in ('control_tower_reader', 'control_tower_writer')
),

rights as (
    select
        roles.role_name,
        format('database %I', current_database()) as object,
        privilege,
        has_database_privilege(roles.role_id, current_database(), privilege) as is_granted
    from roles
    cross join lateral unnest(
        case when roles.is_writer then array['connect', 'temporary'] else array['connect'] end
    ) as privilege
    union all
    select
        roles.role_name,
        format('schema %I', schema.nspname),
        'usage',
        has_schema_privilege(roles.role_id, schema.oid, 'usage')
    from roles
    inner join pg_namespace as schema on schema.nspname in ('canon', 'observational', 'ops', 'public')
    union all
    select
        roles.role_name,
        'table ' || relation.name,
        privilege,
        has_table_privilege(roles.role_id, relation.relation_id, privilege)
    from roles
    inner join ops.role_relations as relation on relation.kind in ('r', 'p', 'v', 'm')
    cross join lateral unnest(
        case
            when not roles.is_writer then
                -- views of trips read the time zone with the rights of their reader
                case when relation.relation_name ~ '^(m?v_|dim_|local_time_zone$)' then array['select'] end
            when relation.kind in ('v', 'm') or relation.is_read_only then array['select']
            when relation.is_append_only then array['select']
            else array['select', 'insert', 'update', 'delete']
        end || case
            -- analyze, and refresh of materialised views; up to PostgreSQL 16 the owner's alone
            when
                roles.is_writer and relation.kind <> 'v' and not relation.is_read_only
                and current_setting('server_version_num')::integer >= 170000
                then array['maintain']
        end || case
            -- the working tables of a run
            when roles.is_writer and relation.persistence = 'u' then array['truncate']
        end
    ) as privilege
    union all
    -- no view reads these with its owner's right (ADR 25); see ops.grant_sources
    select
        roles.role_name,
        format('table public.%I', source.table_name),
        'select',
        has_table_privilege(roles.role_id, to_regclass(format('public.%I', source.table_name)), 'select')
    from roles
    inner join (select distinct named.table_name from canon.source_columns as named) as source
        on roles.is_writer or source.table_name = 'summary_daily'
    union all
    select
        roles.role_name,
        'table ' || relation.name,
        format('insert (%s)', columns.list),
        columns.are_granted
    from roles
    inner join ops.role_relations as relation on relation.is_append_only and not relation.is_read_only
    cross join lateral (
        select
            string_agg(format('%I', writable.name), ', ' order by writable.number) as list,
            bool_and(has_column_privilege(roles.role_id, relation.relation_id, writable.name, 'insert')) as are_granted
        from unnest(relation.writable_columns) with ordinality as writable (name, number)
    ) as columns
    where roles.is_writer
    union all
    select
        roles.role_name,
        'sequence ' || relation.name,
        'usage',
        has_sequence_privilege(roles.role_id, relation.relation_id, 'usage')
    from roles
    inner join ops.role_relations as relation on relation.kind = 'S'
    where roles.is_writer
    union all
    select
        roles.role_name,
        'function ' || routine.name,
        'execute',
        has_function_privilege(roles.role_id, routine.function_id, 'execute')
    from roles
    inner join ops.role_functions as routine
        on not routine.is_internal and (roles.is_writer or not routine.is_writing)
)

select
    format(
        'grant %s on %s to %I',
        string_agg(rights.privilege, ', ' order by rights.privilege desc), rights.object, rights.role_name
    ) as statement
from rights
where not rights.is_granted
group by rights.object, rights.role_name;
