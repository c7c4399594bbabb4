-- Undo a decision on the scout of a person: its ledger row becomes what it was before (deleted if there was none), with
-- an audit row that belongs to no run, and is derived again by the next attribution run.
-- Grain and key: person_key. Leaves: restored_ledger_this_step.
create temporary table restored_ledger_this_step on commit drop as
select
    person.person_key,
    %(restored)s::jsonb <> 'null' as had_row,
    restored.attributed_source,
    restored.attributed_scout_id,
    restored.attribution_rule,
    restored.attribution_score,
    restored.confidence_level,
    restored.evidence_json,
    restored.decision_status,
    restored.conflict_since
from canon.identity_registry as person
cross join lateral jsonb_populate_record(
    null::observational.lead_ledger, nullif(%(restored)s::jsonb, 'null')
) as restored
where person.person_key = %(person_key)s::uuid;

insert into ops.lead_ledger_scout_backfill_audit (
    person_key, old_attributed_scout_id, new_attributed_scout_id, attribution_rule_old, attribution_rule_new,
    attribution_confidence_old, attribution_confidence_new, attribution_source, evidence_json_old, evidence_json_new,
    backfill_method, backfill_timestamp, notes
)
select
    restored.person_key,
    ledger.attributed_scout_id,
    restored.attributed_scout_id,
    ledger.attribution_rule,
    restored.attribution_rule,
    ledger.confidence_level::text,
    restored.confidence_level::text,
    coalesce(restored.attributed_source, ledger.attributed_source),
    ledger.evidence_json,
    restored.evidence_json,
    'DECISION_UNDONE',
    %(decided_at)s::timestamptz,
    %(notes)s
from restored_ledger_this_step as restored
left join observational.lead_ledger as ledger on ledger.person_key = restored.person_key;

delete from observational.lead_ledger as ledger
using restored_ledger_this_step as restored
where ledger.person_key = restored.person_key and not restored.had_row;

insert into observational.lead_ledger as ledger (
    person_key, attributed_source, attributed_scout_id, attribution_rule, attribution_score, confidence_level,
    evidence_json, decision_status, conflict_since, updated_at
)
select
    restored.person_key,
    restored.attributed_source,
    restored.attributed_scout_id,
    restored.attribution_rule,
    restored.attribution_score,
    restored.confidence_level,
    restored.evidence_json,
    restored.decision_status,
    restored.conflict_since,
    %(decided_at)s::timestamptz
from restored_ledger_this_step as restored
where restored.had_row
on conflict (person_key) do update set
    attributed_source = excluded.attributed_source,
    attributed_scout_id = excluded.attributed_scout_id,
    attribution_rule = excluded.attribution_rule,
    attribution_score = excluded.attribution_score,
    confidence_level = excluded.confidence_level,
    evidence_json = excluded.evidence_json,
    decision_status = excluded.decision_status,
    conflict_since = excluded.conflict_since,
    updated_at = excluded.updated_at;

insert into canon.attribution_queue (person_key)
select restored.person_key
from restored_ledger_this_step as restored
on conflict do nothing;
