-- The advisory locks of the package, by name, each held until the transaction ends:
--   runs           starting a run, or writing what no run may meet
--   alerts         changing results of checks and episodes of alerts
--   audit_chain    appending to the chain of hashes
--   source_counts  counting the rows of sources
-- Only migrate_schema has another, which it needs before this function exists.
create or replace function ops.take_lock(name text, wait boolean default true)
returns boolean
language plpgsql
as $$
declare
    key bigint := hashtextextended('control_tower ' || name, 0);
begin
    if name <> all(array['runs', 'alerts', 'audit_chain', 'source_counts']) then
        raise exception 'there is no lock %', name;
    end if;
    if wait then
        perform pg_advisory_xact_lock(key);
        return true;
    end if;
    return pg_try_advisory_xact_lock(key);
end
$$;
