-- Bookkeeping that costs little where much is written.

-- Which run wrote a link is checked by a foreign key for each of its rows: on a first load that is a tenth of
-- all work, for a value that the step has just read from the run's own row. What the key guarded, that no
-- run disappears while rows name it, is guarded on the side of the runs.
do $$
declare
    reference record;
begin
    for reference in
        select
            fk.conrelid::regclass as relation,
            fk.conname as name
        from pg_catalog.pg_constraint as fk
        where
            fk.contype = 'f'
            and fk.confrelid = 'ops.ingestion_runs'::regclass
            and fk.conrelid in ('canon.identity_links'::regclass, 'canon.identity_unmatched'::regclass)
    loop
        execute format('alter table %s drop constraint %I', reference.relation, reference.name);
    end loop;
end
$$;

create or replace function ops.protect_runs_with_links()
returns trigger
language plpgsql
as $$
begin
    if exists (select 1 from canon.identity_links as link where link.run_id = old.id)
        or exists (select 1 from canon.identity_unmatched as unmatched where unmatched.run_id = old.id)
    then
        raise foreign_key_violation using
            message = format('run %s wrote links or unmatched records that name it', old.id),
            hint = 'Runs are kept: they explain what they wrote.';
    end if;
    return case tg_op when 'DELETE' then old else new end;
end
$$;

drop trigger if exists protect_runs_with_links on ops.ingestion_runs;
create trigger protect_runs_with_links
before delete or update of id on ops.ingestion_runs
for each row execute function ops.protect_runs_with_links();

-- When each materialised view was last refreshed, and how much its tables had been written to by then.
create table if not exists ops.materialised_view_refreshes (
    view_name text primary key,
    refreshed_at timestamptz not null,
    local_day date not null,
    writes_seen text not null,
    seconds numeric(12, 3) not null,
    run_id integer references ops.ingestion_runs (id)
);
