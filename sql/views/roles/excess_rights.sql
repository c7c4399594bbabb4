-- Rights that our roles, or everybody, have and should not: PostgreSQL gives them to everybody, or an earlier version
-- of ours gave them. Grain: one statement that takes one of them back.
create or replace view ops.excess_rights as
with roles as (
    select
        found.rolname as role_name,
        found.oid as role_id,
        found.rolname = 'control_tower_writer' as is_writer
    from pg_roles as found
    where found.rolname in ('control_tower_reader', 'control_tower_writer')
)

select format('revoke execute on function %s from public', routine.name) as statement
from ops.role_functions as routine
where
    (routine.is_writing or routine.is_internal)
    and has_function_privilege('public', routine.function_id, 'execute')
union all
select format('revoke execute on function %s from %I', routine.name, roles.role_name)
from ops.role_functions as routine
cross join roles
inner join pg_proc as granting on granting.oid = routine.function_id
cross join lateral aclexplode(granting.proacl) as granted
where
    granted.grantee = roles.role_id
    and (routine.is_internal or (routine.is_writing and not roles.is_writer))
union all
select format('revoke insert on table %s from %I', relation.name, roles.role_name)
from ops.role_relations as relation
inner join roles on roles.is_writer
where
    (relation.is_append_only or relation.is_read_only)
    and has_any_column_privilege(roles.role_id, relation.relation_id, 'insert')
    and (
        relation.is_read_only
        or has_table_privilege(roles.role_id, relation.relation_id, 'insert')
    );
