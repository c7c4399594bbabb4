-- Adds one link to the audit chain for human decisions, for liquidation periods with their statements, lines and
-- payments, for accesses to personal data, and for audit rows without a run (of decisions and older programs), since
-- the last such link. Returns 1, or 0 if there are none. The tables are locked against writers until the transaction
-- ends, so that no row with a smaller id can appear afterwards. Only ops.seal_audited_runs calls it.
create or replace function ops.seal_decisions(current_run_id integer)
returns integer
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    before jsonb;
    ranges jsonb;
    previous bytea;
begin
    lock table
        ops.human_decisions, ops.identity_links_backfill_audit, ops.lead_events_scout_backfill_audit,
        ops.lead_ledger_scout_backfill_audit, ops.liquidation_periods, ops.scout_statements, ops.scout_statement_lines,
        ops.scout_statement_payments, ops.personal_data_access in share mode;
    select link.covers into before
    from ops.audit_chain as link
    where link.part = 'decisions'
    order by link.position desc
    limit 1;
    with newest as (
        select 'human_decisions' as table_name, max(decision.id) as id
        from ops.human_decisions as decision
        union all
        select 'identity_links_backfill_audit', max(audit.id)
        from ops.identity_links_backfill_audit as audit where audit.ingestion_run_id is null
        union all
        select 'lead_events_scout_backfill_audit', max(audit.id)
        from ops.lead_events_scout_backfill_audit as audit where audit.ingestion_run_id is null
        union all
        select 'lead_ledger_scout_backfill_audit', max(audit.id)
        from ops.lead_ledger_scout_backfill_audit as audit where audit.ingestion_run_id is null
        union all
        select 'liquidation_periods', max(period.id)
        from ops.liquidation_periods as period
        union all
        select 'scout_statements', max(statement.id)
        from ops.scout_statements as statement
        union all
        select 'scout_statement_lines', max(line.id)
        from ops.scout_statement_lines as line
        union all
        select 'scout_statement_payments', max(payment.id)
        from ops.scout_statement_payments as payment
        union all
        select 'personal_data_access', max(access.id)
        from ops.personal_data_access as access
    ),

    bounds as (
        select
            newest.table_name,
            coalesce((before -> newest.table_name ->> 1)::bigint, 0) as after_id,
            coalesce(newest.id, 0) as up_to_id
        from newest
    )

    select jsonb_object_agg(
        bounds.table_name, jsonb_build_array(bounds.after_id, greatest(bounds.after_id, bounds.up_to_id))
    ) into ranges
    from bounds
    having bool_or(bounds.up_to_id > bounds.after_id);
    if ranges is null then
        return 0;
    end if;
    select link.hash into previous from ops.audit_chain as link order by link.position desc limit 1;
    insert into ops.audit_chain (run_id, part, audit_rows, previous_hash, hash, covers)
    select current_run_id, 'decisions', found.audit_rows, coalesce(previous, ''), found.hash, ranges
    from ops.decisions_hash(ranges, current_run_id, coalesce(previous, '')) as found
    on conflict (run_id, part) do nothing; -- the step is repeated: what came since is the next run's
    return 1;
end
$$;
