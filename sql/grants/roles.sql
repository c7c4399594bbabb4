-- The roles control_tower_reader (the contract's views) and control_tower_writer (what the pipelines do; it owns
-- nothing, cannot change an audit row, and cannot say of a new one which number it has or when it was written). Rights
-- that they lack are given, those that an earlier version gave too many are taken back. A function that PostgreSQL lets
-- write (VOLATILE) is the writer's alone: not everybody's, as PostgreSQL has it, nor the reader's.
-- What the connecting user may not do is no failure: one warning lists the statements for a DBA. May be run again:
-- rights that are as they should be are left alone.
do $$
declare
    wanted record;
    role_name text;
    undone text[] := '{}';
    verbosity text := current_setting('client_min_messages');
begin
    foreach role_name in array array['control_tower_reader', 'control_tower_writer'] loop
        if to_regrole(role_name) is null then
            begin
                execute format('create role %I nologin', role_name);
            exception
                when insufficient_privilege then
                    undone := undone || format('create role %I nologin;', role_name);
                when duplicate_object or unique_violation then
                    null; -- roles belong to the whole server: migrate_schema of another database was faster
            end;
        end if;
    end loop;
    -- A grant without the right to give it is a warning per object; ours says it once, as a statement.
    perform set_config('client_min_messages', 'error', true);
    for pass in 1 .. 3 loop -- what everybody may no longer do is seen to be lacking by the second
        for wanted in
            with roles as (
                select
                    found.rolname,
                    found.oid,
                    found.rolname = 'control_tower_writer' as is_writer
                from pg_roles as found
                where found.rolname in ('control_tower_reader', 'control_tower_writer')
            ),

            relations as (
                select
                    relation.*,
                    format('%I.%I', schema.nspname, relation.relname) as name,
                    exists (
                        select 1 from pg_trigger as guard
                        where guard.tgrelid = relation.oid and guard.tgname = 'append_only'
                    ) as is_append_only,
                    -- written by functions and triggers with their owner's right, or by migrate_schema
                    schema.nspname = 'ops' and relation.relname in (
                        'audit_chain', 'audit_verifications', 'job_runs_audit', 'control_tower_schema_version',
                        'earlier_audit_runs', 'earlier_ledger_rows'
                    ) as is_read_only,
                    -- all but what the database alone says of a row
                    array(
                        select format('%I', attribute.attname)
                        from pg_attribute as attribute
                        where
                            attribute.attrelid = relation.oid
                            and attribute.attnum > 0
                            and not attribute.attisdropped
                            and attribute.attname <> all(array['id', 'seen_at', 'written_by', 'written_at'])
                        order by attribute.attnum
                    ) as writable_columns
                from pg_class as relation
                inner join pg_namespace as schema on schema.oid = relation.relnamespace
                where schema.nspname in ('canon', 'observational', 'ops')
            ),

            routines as (
                select
                    routine.oid,
                    routine.oid::regprocedure::text as name,
                    routine.provolatile = 'v' as is_writing,
                    -- called by triggers, or by a function with its owner's right
                    routine.prorettype = 'trigger'::regtype or routine.proname = 'seal_decisions' as is_internal
                from pg_proc as routine
                where
                    routine.pronamespace::regnamespace::text in ('canon', 'observational', 'ops')
                    and routine.prokind = 'f'
            ),

            excess as (
                select format('revoke execute on function %s from public', routines.name) as statement
                from routines
                where
                    (routines.is_writing or routines.is_internal)
                    and has_function_privilege('public', routines.oid, 'execute')
                union all
                select format('revoke execute on function %s from %I', routines.name, roles.rolname)
                from routines
                cross join roles
                inner join pg_proc as routine on routine.oid = routines.oid
                cross join lateral aclexplode(routine.proacl) as granted
                where
                    granted.grantee = roles.oid
                    and (routines.is_internal or (routines.is_writing and not roles.is_writer))
                union all
                select format('revoke insert on table %s from %I', relations.name, roles.rolname)
                from relations
                inner join roles on roles.is_writer
                where
                    (relations.is_append_only or relations.is_read_only)
                    and has_any_column_privilege(roles.oid, relations.oid, 'insert')
                    and (
                        relations.is_read_only
                        or has_table_privilege(roles.oid, relations.oid, 'insert')
                    )
            ),

            rights as (
                select
                    roles.rolname,
                    format('database %I', current_database()) as object,
                    privilege,
                    has_database_privilege(roles.oid, current_database(), privilege) as is_granted
                from roles
                cross join lateral unnest(
                    case when roles.is_writer then array['connect', 'temporary'] else array['connect'] end
                ) as privilege
                union all
                select
                    roles.rolname,
                    format('schema %I', schema.nspname),
                    'usage',
                    has_schema_privilege(roles.oid, schema.oid, 'usage')
                from roles
                inner join pg_namespace as schema on schema.nspname in ('canon', 'observational', 'ops', 'public')
                union all
                select
                    roles.rolname,
                    'table ' || relations.name,
                    privilege,
                    has_table_privilege(roles.oid, relations.oid, privilege)
                from roles
                inner join relations on relations.relkind in ('r', 'p', 'v', 'm')
                cross join lateral unnest(
                    case
                        when not roles.is_writer then
                            -- the time zone is read with the right of whoever reads a view of trips
                            case when relations.relname ~ '^(m?v_|local_time_zone$)' then array['select'] end
                        when relations.relkind in ('v', 'm') or relations.is_read_only then array['select']
                        when relations.is_append_only then array['select']
                        else array['select', 'insert', 'update', 'delete']
                    end || case
                        -- analyze, and refresh of materialised views; up to PostgreSQL 16 the owner's alone
                        when
                            roles.is_writer and relations.relkind <> 'v' and not relations.is_read_only
                            and current_setting('server_version_num')::integer >= 170000
                            then array['maintain']
                    end || case
                        -- the working tables of a run
                        when roles.is_writer and relations.relpersistence = 'u' then array['truncate']
                    end
                ) as privilege
                union all
                -- no view reads these with its owner's right (ADR 25); see ops.grant_sources
                select
                    roles.rolname,
                    format('table public.%I', source.table_name),
                    'select',
                    has_table_privilege(roles.oid, to_regclass(format('public.%I', source.table_name)), 'select')
                from roles
                inner join (select distinct named.table_name from canon.source_columns as named) as source
                    on roles.is_writer or source.table_name = 'summary_daily'
                union all
                select
                    roles.rolname,
                    'table ' || relations.name,
                    format('insert (%s)', array_to_string(relations.writable_columns, ', ')),
                    (
                        select bool_and(has_column_privilege(roles.oid, relations.oid, attribute.attnum, 'insert'))
                        from pg_attribute as attribute
                        where
                            attribute.attrelid = relations.oid
                            and format('%I', attribute.attname) = any(relations.writable_columns)
                    )
                from roles
                inner join relations on relations.is_append_only and not relations.is_read_only
                where roles.is_writer
                union all
                select
                    roles.rolname,
                    'sequence ' || relations.name,
                    'usage',
                    has_sequence_privilege(roles.oid, relations.oid, 'usage')
                from roles
                inner join relations on relations.relkind = 'S'
                where roles.is_writer
                union all
                select
                    roles.rolname,
                    'function ' || routines.name,
                    'execute',
                    has_function_privilege(roles.oid, routines.oid, 'execute')
                from roles
                inner join routines on not routines.is_internal and (roles.is_writer or not routines.is_writing)
            )

            select excess.statement
            from excess
            union all
            (
                select
                    format(
                        'grant %s on %s to %I',
                        string_agg(rights.privilege, ', ' order by rights.privilege desc), rights.object, rights.rolname
                    )
                from rights
                where not rights.is_granted
                group by rights.object, rights.rolname
                order by rights.object, rights.rolname
            )
        loop
            if pass = 3 then
                undone := undone || (wanted.statement || ';');
            else
                begin
                    execute wanted.statement;
                exception
                    when insufficient_privilege then null; -- listed by the last pass
                end;
            end if;
        end loop;
    end loop;
    perform set_config('client_min_messages', verbosity, true);
    if cardinality(undone) > 0 then
        raise warning e'These statements need a DBA; run migrate_schema again after them:\n%',
            array_to_string(undone, e'\n');
    end if;
    if
        current_setting('server_version_num')::integer < 170000
        and exists (
            select 1 from pg_class as relation
            where relation.relkind = 'm' and relation.relnamespace::regnamespace::text in ('canon', 'observational', 'ops')
        )
    then
        raise notice 'On this version of PostgreSQL only its owner refreshes a materialised view: a member of '
            'control_tower_writer who runs the pipelines must be a member of that owner, too.';
    end if;
end
$$;
