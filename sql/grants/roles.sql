-- The roles control_tower_reader (the contract's views) and control_tower_writer (what the pipelines do; it owns
-- nothing, cannot change an audit row, and cannot say of a new one which number it has or when it was written). What
-- they have too much is taken back (ops.excess_rights), what they lack is given (ops.missing_rights).
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
            select excess.statement from ops.excess_rights as excess
            union all
            (select missing.statement from ops.missing_rights as missing order by missing.statement)
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
end
$$;
