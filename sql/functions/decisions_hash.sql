-- Hash and number of human decisions, of what liquidation periods consist of, of accesses to personal data, and of
-- audit rows without a run, within ranges of ids; otherwise as ops.audit_hash. Of the lines of statements there may be
-- millions: they are read block by block, in order. `covers`: see ops.audit_chain; a table that an older link does not
-- name is not covered by it.
create or replace function ops.decisions_hash(covers jsonb, run_id integer, previous_hash bytea)
returns table (audit_rows bigint, hash bytea)
language sql stable security definer
set search_path = pg_catalog, pg_temp
set timezone = 'UTC'
set datestyle = 'ISO, YMD'
as $$
    with covered as (
        select
            covered.key as table_name,
            (covered.value ->> 0)::bigint as after_id,
            (covered.value ->> 1)::bigint as up_to_id
        from jsonb_each(decisions_hash.covers) as covered
    ),

    sealed_rows as (
        select covered.table_name, decision.id, jsonb_strip_nulls(to_jsonb(decision)) as content
        from covered
        inner join ops.human_decisions as decision on decision.id > covered.after_id and decision.id <= covered.up_to_id
        where covered.table_name = 'human_decisions'
        union all
        select covered.table_name, audit.id, jsonb_strip_nulls(to_jsonb(audit))
        from covered
        inner join ops.identity_links_backfill_audit as audit
            on audit.id > covered.after_id and audit.id <= covered.up_to_id
        where covered.table_name = 'identity_links_backfill_audit' and audit.ingestion_run_id is null
        union all
        select covered.table_name, audit.id, jsonb_strip_nulls(to_jsonb(audit))
        from covered
        inner join ops.lead_events_scout_backfill_audit as audit
            on audit.id > covered.after_id and audit.id <= covered.up_to_id
        where covered.table_name = 'lead_events_scout_backfill_audit' and audit.ingestion_run_id is null
        union all
        select covered.table_name, audit.id, jsonb_strip_nulls(to_jsonb(audit))
        from covered
        inner join ops.lead_ledger_scout_backfill_audit as audit
            on audit.id > covered.after_id and audit.id <= covered.up_to_id
        where covered.table_name = 'lead_ledger_scout_backfill_audit' and audit.ingestion_run_id is null
        union all
        select covered.table_name, period.id, jsonb_strip_nulls(to_jsonb(period))
        from covered
        inner join ops.liquidation_periods as period on period.id > covered.after_id and period.id <= covered.up_to_id
        where covered.table_name = 'liquidation_periods'
        union all
        select covered.table_name, statement.id, jsonb_strip_nulls(to_jsonb(statement))
        from covered
        inner join ops.scout_statements as statement
            on statement.id > covered.after_id and statement.id <= covered.up_to_id
        where covered.table_name = 'scout_statements'
        union all
        select covered.table_name, payment.id, jsonb_strip_nulls(to_jsonb(payment))
        from covered
        inner join ops.scout_statement_payments as payment
            on payment.id > covered.after_id and payment.id <= covered.up_to_id
        where covered.table_name = 'scout_statement_payments'
        union all
        select covered.table_name, access.id, jsonb_strip_nulls(to_jsonb(access))
        from covered
        inner join ops.personal_data_access as access on access.id > covered.after_id and access.id <= covered.up_to_id
        where covered.table_name = 'personal_data_access'
    ),

    blocks as (
        select
            sealed_rows.table_name,
            sealed_rows.id / 1000 as block,
            count(*) as audit_rows,
            sha256(convert_to(string_agg(sealed_rows.content::text, e'\n' order by sealed_rows.id), 'UTF8')) as hash
        from sealed_rows
        group by sealed_rows.table_name, sealed_rows.id / 1000
        union all
        select
            covered.table_name,
            block.number,
            content.audit_rows,
            content.hash
        from covered
        cross join lateral generate_series((covered.after_id + 1) / 1000, covered.up_to_id / 1000) as block (number)
        cross join lateral (
            select
                count(*) as audit_rows,
                sha256(convert_to(
                    string_agg(jsonb_strip_nulls(to_jsonb(line))::text, e'\n' order by line.id), 'UTF8'
                )) as hash
            from ops.scout_statement_lines as line
            where
                line.id >= greatest(block.number * 1000, covered.after_id + 1)
                and line.id <= least(block.number * 1000 + 999, covered.up_to_id)
            having count(*) > 0
        ) as content
        where covered.table_name = 'scout_statement_lines'
    )

    select
        coalesce(sum(blocks.audit_rows), 0)::bigint,
        sha256(
            decisions_hash.previous_hash
            || convert_to('decisions' || decisions_hash.run_id::text || decisions_hash.covers::text, 'UTF8')
            || coalesce(
                string_agg(blocks.hash, ''::bytea order by blocks.table_name collate "C", blocks.block), ''::bytea
            )
        )
    from blocks
$$;
