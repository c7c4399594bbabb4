-- Where migrate_schema remembers what it applied. Not a migration itself: it runs first, every time.
-- control_tower_schema_version: one row, the latest migration (kept by Alembic).
-- control_tower_migrations: one row per applied migration; its hash proves that a landed file never changed.
-- Conditional, because `if not exists` demands the right to create even where nothing is to be created.
do $$
begin
    if to_regnamespace('ops') is null then
        create schema ops;
    end if;
    if to_regclass('ops.control_tower_schema_version') is null then
        create table ops.control_tower_schema_version (
            version_num text not null,
            constraint control_tower_schema_version_pkc primary key (version_num)
        );
    end if;
    if to_regclass('ops.control_tower_migrations') is null then
        create table ops.control_tower_migrations (
            revision text not null primary key,
            sha256 text not null,
            applied_at timestamptz not null default now(),
            applied_by text not null default current_user
        );
    end if;
end
$$;
