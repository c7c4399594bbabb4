-- Before a first load of an empty table: drops its plain indexes, to be built once after the load, in a seventh of the
-- time, and with `with_references` its foreign keys, to be checked once (ADR 38). canon.build_deferred_indexes puts all
-- back: in the same transaction, so that a crash leaves the table as it was, or, for tables into which several steps
-- write at the same time, in a later one. What a crash left undone there is built here. Keys stay: rows arrive nearly
-- in their order. `kept`: names of indexes that the load itself reads.
-- Nothing happens for fewer rows than pay for it (NULL: not counted yet), for a table with rows, in a transaction of
-- several steps (a rehearsal), for a user who does not own the table, and when others use it for longer than a moment:
-- a moment is shorter than the server's wait before it looks for a deadlock, so that no other session is refused
-- because of it.
create or replace function canon.defer_indexes(
    loaded regclass, new_rows bigint, with_references boolean default false, kept name[] default '{}'
)
returns void
language plpgsql
set search_path = pg_catalog, pg_temp
set lock_timeout = '900ms'
as $$
declare
    worth_building_once constant bigint := 10000;
    deferred record;
begin
    if new_rows < worth_building_once
        or current_setting('control_tower.is_step_alone', true) is distinct from 'on'
        or not (
            select pg_has_role(relation.relowner, 'USAGE') from pg_class as relation where relation.oid = loaded
        )
    then
        return;
    end if;
    if pg_relation_size(loaded) > 0 then
        perform canon.build_deferred_indexes(loaded);
        return;
    end if;
    begin
        execute format('lock table %s in access exclusive mode', loaded);
    exception
        when lock_not_available then return;
    end;
    if pg_relation_size(loaded) > 0 then
        return; -- written to meanwhile
    end if;

    for deferred in
        select index.indexrelid::regclass as name, pg_get_indexdef(index.indexrelid) as definition
        from pg_index as index
        inner join pg_class as relation on relation.oid = index.indexrelid
        where
            index.indrelid = loaded
            and index.indisvalid
            and not index.indisunique
            and not index.indisreplident
            and not index.indisclustered
            and relation.relname <> all(kept)
            -- what a definition does not tell
            and relation.reltablespace = 0
            and obj_description(relation.oid, 'pg_class') is null
    loop
        execute format('drop index %s', deferred.name);
        insert into ops.deferred_indexes (table_name, definition) values (loaded, deferred.definition)
        on conflict do nothing;
    end loop;

    for deferred in
        select
            reference.conname as name,
            reference.confrelid::regclass as referenced,
            format(
                'alter table %s add constraint %I %s', loaded, reference.conname, pg_get_constraintdef(reference.oid)
            ) as definition
        from pg_constraint as reference
        where
            with_references
            and reference.conrelid = loaded
            and reference.contype = 'f'
            and reference.convalidated
            and obj_description(reference.oid, 'pg_constraint') is null
            and has_table_privilege(reference.confrelid, 'REFERENCES')
    loop
        begin
            -- nobody deletes what is referred to before it is checked
            execute format('lock table %s in access exclusive mode', deferred.referenced);
            execute format('alter table %s drop constraint %I', loaded, deferred.name);
        exception
            when lock_not_available then continue;
        end;
        insert into ops.deferred_indexes (table_name, definition) values (loaded, deferred.definition)
        on conflict do nothing;
    end loop;
end
$$;
