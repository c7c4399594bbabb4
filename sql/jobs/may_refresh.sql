-- Whether the user may refresh a materialised view: its owner and its members, and from PostgreSQL 17 on who was given
-- the right.
select
    pg_has_role(view.relowner, 'usage')
    or case
        when current_setting('server_version_num')::integer >= 170000 then has_table_privilege(view.oid, 'maintain')
        else false
    end
from pg_class as view
where view.oid = to_regclass(format('%%I.%%I', %(schema_name)s::text, %(view_name)s::text));
