-- What a run wrote into the backfill audits. Grain and key: (audit, action).
select 'identity links' as audit, audit.action_type as action, count(*) as row_count
from ops.identity_links_backfill_audit as audit
where audit.ingestion_run_id = %(run_id)s::integer
group by audit.action_type
union all
select 'event scouts', audit.action_type, count(*)
from ops.lead_events_scout_backfill_audit as audit
where audit.ingestion_run_id = %(run_id)s::integer
group by audit.action_type
union all
select 'ledger', audit.backfill_method, count(*)
from ops.lead_ledger_scout_backfill_audit as audit
where audit.ingestion_run_id = %(run_id)s::integer
group by audit.backfill_method
order by audit desc, row_count desc, action;
