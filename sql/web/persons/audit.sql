-- Every audit row of the person, oldest first.
select
    audit.audited,
    audit.audit_id,
    audit.source_table,
    audit.source_pk,
    audit.action_type,
    audit.method,
    audit.confidence,
    audit.old_scout_id,
    audit.new_scout_id,
    audit.evidence_json,
    audit.error_message,
    audit.notes,
    audit.run_id,
    audit.changed_at
from ops.v_backfill_audit as audit
where audit.person_key = %(person_key)s::uuid
order by audit.changed_at, audit.audited, audit.audit_id;
