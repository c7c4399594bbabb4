-- All audit rows of backfills and decisions in one shape. `audited`: identity_links, lead_events or lead_ledger.
-- Grain and key: (audited, audit_id).
create or replace view ops.v_backfill_audit as
select
    'identity_links'::text as audited,
    audit.id as audit_id,
    audit.person_key,
    audit.source_table,
    audit.source_pk,
    audit.action_type,
    audit.match_method as method,
    audit.match_confidence as confidence,
    null::integer as old_scout_id,
    null::integer as new_scout_id,
    audit.evidence_json,
    audit.error_message,
    audit.notes,
    audit.ingestion_run_id as run_id,
    audit.backfill_timestamp as changed_at
from ops.identity_links_backfill_audit as audit
union all
select
    'lead_events',
    audit.id,
    audit.person_key,
    audit.source_table,
    audit.source_pk,
    audit.action_type,
    audit.mapping_method,
    audit.mapping_confidence,
    audit.old_scout_id,
    audit.new_scout_id,
    audit.evidence_json,
    audit.error_message,
    audit.notes,
    audit.ingestion_run_id,
    audit.backfill_timestamp
from ops.lead_events_scout_backfill_audit as audit
union all
select
    'lead_ledger',
    audit.id,
    audit.person_key,
    null,
    null,
    'UPDATED',
    audit.backfill_method,
    audit.attribution_confidence_new,
    audit.old_attributed_scout_id,
    audit.new_attributed_scout_id,
    audit.evidence_json_new,
    null,
    audit.notes,
    audit.ingestion_run_id,
    audit.backfill_timestamp
from ops.lead_ledger_scout_backfill_audit as audit;
