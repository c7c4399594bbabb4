-- Audit each ledger row of the batch whose scout or conflict state changes. Runs before write_ledger.sql, in the same
-- transaction.
-- Grain: one changed person. Reads: derived_ledger_batch.
-- rows: audited
insert into ops.lead_ledger_scout_backfill_audit (
    person_key, old_attributed_scout_id, new_attributed_scout_id, attribution_rule_old, attribution_rule_new,
    attribution_confidence_old, attribution_confidence_new, attribution_source, evidence_json_old, evidence_json_new,
    backfill_method, backfill_timestamp, ingestion_run_id, notes
)
select
    derived.person_key,
    derived.old_scout,
    derived.new_scout,
    derived.old_rule,
    derived.new_rule,
    derived.old_confidence::text,
    derived.new_confidence::text,
    derived.new_source,
    case when derived.has_row then derived.old_evidence end,
    derived.new_evidence,
    case
        when derived.new_status = 'conflict' and derived.conflict_payment is not null then 'CONFLICT_AFTER_PAYMENT'
        when derived.new_status = 'conflict' then 'CONFLICT_SEVERAL_SCOUTS'
        when not derived.is_scout_kept and derived.is_scout_gone and not exists (
            select 1
            from observational.lead_events as event
            inner join ops.lead_events_scout_backfill_audit as correction using (source_table, source_pk)
            where
                event.person_key = derived.person_key
                and correction.old_scout_id = derived.old_scout
                and correction.mapping_method in ('SOURCE_CORRECTED', 'SOURCE_WITHDRAWN')
        ) then 'EVENTS_MOVED'
        when not derived.is_scout_kept and derived.is_scout_gone and derived.new_scout is null then 'SOURCE_WITHDRAWN'
        when not derived.is_scout_kept and derived.is_scout_gone then 'SOURCE_CORRECTED'
        when derived.new_scout is not null and derived.old_scout is null and derived.has_row
            then 'BACKFILL_SINGLE_SCOUT_FROM_EVENTS'
        when derived.new_scout is not null then 'SINGLE_SCOUT_FROM_EVENTS'
        else 'CONFLICT_ENDED'
    end,
    run.as_of,
    %(run_id)s::integer,
    case when derived.has_row then 'ledger row existed, state ' || derived.old_status::text else 'new ledger row' end
from derived_ledger_batch as derived
cross join ops.run_settings(%(run_id)s::integer) as run
where
    derived.old_scout is distinct from derived.new_scout
    or (derived.new_status = 'conflict') <> (derived.has_row and derived.old_status = 'conflict')
    -- another scout, or a conflict caused by a merge
    or (
        derived.new_status = 'conflict'
        and derived.old_evidence -> 'scouts' is distinct from derived.new_evidence -> 'scouts'
    )
order by derived.person_key;
