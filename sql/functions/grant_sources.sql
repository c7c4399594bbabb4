-- Gives our roles the right to read the source tables where they lack it: a table that was created anew has none of the
-- grants of the one before. The writer reads all of them, readers of views only the trips. SECURITY DEFINER: called by
-- each run and health check, whoever its user is. What the owner of this function may not give is left to the owner of
-- the table.
create or replace function ops.grant_sources()
returns void
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    lacking record;
begin
    for lacking in
        select
            relation.oid::regclass as relation,
            member.rolname
        from (select distinct wanted.table_name from canon.source_columns as wanted) as source
        inner join pg_class as relation on relation.oid = to_regclass(format('public.%I', source.table_name))
        inner join pg_roles as member
            on
                member.rolname = 'control_tower_writer'
                or (member.rolname = 'control_tower_reader' and source.table_name = 'summary_daily')
        where
            not has_table_privilege(member.oid, relation.oid, 'select')
            and has_table_privilege(current_user, relation.oid, 'select with grant option')
    loop
        execute format('grant select on %s to %I', lacking.relation, lacking.rolname);
    end loop;
end
$$;
