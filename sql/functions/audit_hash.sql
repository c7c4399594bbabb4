-- Hash over every audit row of a part of a run, and how many there are. Rows are hashed as JSON without NULLs, so
-- that a column that is added later changes no hash; in blocks, so that a run of any size fits into memory; in one
-- time zone. By the right of its owner: who may read the chain may verify it. Parts: see ops.audit_chain.
create or replace function ops.audit_hash(run_id integer, part text, previous_hash bytea)
returns table (audit_rows bigint, hash bytea)
language sql stable security definer
set search_path = pg_catalog, pg_temp
set timezone = 'UTC'
set datestyle = 'ISO, YMD'
as $$
    with rows_of_run as (
        select 1 as table_number, audit.id::bigint as id, jsonb_strip_nulls(to_jsonb(audit)) as content
        from ops.identity_links_backfill_audit as audit
        where audit.ingestion_run_id = audit_hash.run_id and audit_hash.part = 'backfills'
        union all
        select 2, audit.id::bigint, jsonb_strip_nulls(to_jsonb(audit))
        from ops.lead_events_scout_backfill_audit as audit
        where audit.ingestion_run_id = audit_hash.run_id and audit_hash.part = 'backfills'
        union all
        select 3, audit.id::bigint, jsonb_strip_nulls(to_jsonb(audit))
        from ops.lead_ledger_scout_backfill_audit as audit
        where audit.ingestion_run_id = audit_hash.run_id and audit_hash.part = 'backfills'
        union all
        select 4, audit.id::bigint, jsonb_strip_nulls(to_jsonb(audit))
        from ops.job_runs_audit as audit
        where audit.run_id = audit_hash.run_id and audit_hash.part = 'states'
    ),

    blocks as (
        select
            rows_of_run.table_number,
            rows_of_run.id / 1000 as block,
            count(*) as audit_rows,
            sha256(convert_to(string_agg(rows_of_run.content::text, e'\n' order by rows_of_run.id), 'UTF8')) as hash
        from rows_of_run
        group by rows_of_run.table_number, rows_of_run.id / 1000
    )

    select
        coalesce(sum(blocks.audit_rows), 0)::bigint,
        sha256(
            audit_hash.previous_hash
            || convert_to(audit_hash.part || audit_hash.run_id::text, 'UTF8')
            || coalesce(string_agg(blocks.hash, ''::bytea order by blocks.table_number, blocks.block), ''::bytea)
        )
    from blocks
$$;
