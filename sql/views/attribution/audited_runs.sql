-- Numbers of the runs that audit rows name. Each is found by one probe of an index: the tables are never read.
-- Grain and key: (table_name, run_id).
create or replace view ops.audited_runs as
with recursive named as (
    select
        first.table_name,
        first.run_id
    from (
        select 'identity_links_backfill_audit' as table_name, min(audit.ingestion_run_id) as run_id
        from ops.identity_links_backfill_audit as audit
        union all
        select 'lead_events_scout_backfill_audit', min(audit.ingestion_run_id)
        from ops.lead_events_scout_backfill_audit as audit
        union all
        select 'lead_ledger_scout_backfill_audit', min(audit.ingestion_run_id)
        from ops.lead_ledger_scout_backfill_audit as audit
        union all
        select 'job_runs_audit', min(audit.run_id)
        from ops.job_runs_audit as audit
    ) as first
    union all
    select
        named.table_name,
        case named.table_name
            when 'identity_links_backfill_audit' then (
                select min(audit.ingestion_run_id) from ops.identity_links_backfill_audit as audit
                where audit.ingestion_run_id > named.run_id
            )
            when 'lead_events_scout_backfill_audit' then (
                select min(audit.ingestion_run_id) from ops.lead_events_scout_backfill_audit as audit
                where audit.ingestion_run_id > named.run_id
            )
            when 'lead_ledger_scout_backfill_audit' then (
                select min(audit.ingestion_run_id) from ops.lead_ledger_scout_backfill_audit as audit
                where audit.ingestion_run_id > named.run_id
            )
            else (select min(audit.run_id) from ops.job_runs_audit as audit where audit.run_id > named.run_id)
        end
    from named
    where named.run_id is not null
)

select
    named.table_name,
    named.run_id
from named
where named.run_id is not null;
