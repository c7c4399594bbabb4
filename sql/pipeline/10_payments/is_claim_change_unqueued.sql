-- Whether another session holds a write lock on tables that claims are derived from, while no refresh has completed
-- without one: its rows may have been written before triggers queued them. One row.
select
    exists (
        select 1 from canon.read_model_refreshes as kept
        where kept.read_model = 'cabinet_claims' and kept.settings is null
    )
    and exists (
        select 1
        from pg_locks as held
        where
            held.locktype = 'relation'
            and held.database = (select own.oid from pg_database as own where own.datname = current_database())
            and held.relation in (
                'canon.identity_links'::regclass, 'observational.lead_events'::regclass,
                'canon.driver_orphan_quarantine'::regclass
            )
            and held.mode = 'RowExclusiveLock'
            and held.pid <> pg_backend_pid()
    ) as is_unqueued;
