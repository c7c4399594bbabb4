-- Hash and number of the audit rows of one part of a run (ops.audit_chain). Rows are hashed as JSON without NULLs, so
-- that a column added later changes no hash, in one time zone, and in blocks of ids read in order, so that a run of
-- any size fits into memory without a sort. (`run_id + 0` keeps the planner on the index of ids before the tables are
-- analysed.) Security definer: readers of the chain may verify it.
create or replace function ops.audit_hash(run_id integer, part text, previous_hash bytea)
returns table (audit_rows bigint, hash bytea)
language sql stable security definer
set search_path = pg_catalog, pg_temp
set timezone = 'UTC'
set datestyle = 'ISO, YMD'
as $$
    with ids as (
        select
            numbered.table_number,
            min(numbered.id) as first_id,
            max(numbered.id) as last_id
        from (
            select 1 as table_number, audit.id::bigint as id
            from ops.identity_links_backfill_audit as audit
            where audit.ingestion_run_id = audit_hash.run_id and audit_hash.part = 'backfills'
            union all
            select 2, audit.id::bigint
            from ops.lead_events_scout_backfill_audit as audit
            where audit.ingestion_run_id = audit_hash.run_id and audit_hash.part = 'backfills'
            union all
            select 3, audit.id::bigint
            from ops.lead_ledger_scout_backfill_audit as audit
            where audit.ingestion_run_id = audit_hash.run_id and audit_hash.part = 'backfills'
            union all
            select 4, audit.id
            from ops.job_runs_audit as audit
            where audit.run_id = audit_hash.run_id and audit_hash.part = 'states'
        ) as numbered
        group by numbered.table_number
    ),

    blocks as (
        select
            ids.table_number,
            block.number,
            content.audit_rows,
            content.hash
        from ids
        cross join lateral generate_series(ids.first_id / 1000, ids.last_id / 1000) as block (number)
        cross join lateral (
            select
                count(*) as audit_rows,
                sha256(convert_to(
                    string_agg(jsonb_strip_nulls(audited.content)::text, e'\n' order by audited.id), 'UTF8'
                )) as hash
            from (
                select audit.id::bigint as id, to_jsonb(audit) as content
                from ops.identity_links_backfill_audit as audit
                where
                    ids.table_number = 1 and audit.ingestion_run_id + 0 = audit_hash.run_id
                    and audit.id >= block.number * 1000 and audit.id < block.number * 1000 + 1000
                union all
                select audit.id::bigint, to_jsonb(audit)
                from ops.lead_events_scout_backfill_audit as audit
                where
                    ids.table_number = 2 and audit.ingestion_run_id + 0 = audit_hash.run_id
                    and audit.id >= block.number * 1000 and audit.id < block.number * 1000 + 1000
                union all
                select audit.id::bigint, to_jsonb(audit)
                from ops.lead_ledger_scout_backfill_audit as audit
                where
                    ids.table_number = 3 and audit.ingestion_run_id + 0 = audit_hash.run_id
                    and audit.id >= block.number * 1000 and audit.id < block.number * 1000 + 1000
                union all
                select audit.id, to_jsonb(audit)
                from ops.job_runs_audit as audit
                where
                    ids.table_number = 4 and audit.run_id = audit_hash.run_id
                    and audit.id >= block.number * 1000 and audit.id < block.number * 1000 + 1000
            ) as audited
            having count(*) > 0
        ) as content
    )

    select
        coalesce(sum(blocks.audit_rows), 0)::bigint,
        sha256(
            audit_hash.previous_hash
            || convert_to(audit_hash.part || audit_hash.run_id::text, 'UTF8')
            || coalesce(string_agg(blocks.hash, ''::bytea order by blocks.table_number, blocks.number), ''::bytea)
        )
    from blocks
$$;
