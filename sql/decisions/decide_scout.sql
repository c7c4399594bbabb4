-- Write a human's decision on the scout of a person: the ledger row (created if missing) and its audit row, which
-- belongs to no run. The evidence of an earlier decision is replaced.
-- Grain and key: person_key.
insert into ops.lead_ledger_scout_backfill_audit (
    person_key, old_attributed_scout_id, new_attributed_scout_id, attribution_rule_old, attribution_rule_new,
    attribution_confidence_old, attribution_confidence_new, attribution_source, evidence_json_old, evidence_json_new,
    backfill_method, backfill_timestamp, notes
)
select
    person.person_key,
    ledger.attributed_scout_id,
    %(scout_id)s::integer,
    ledger.attribution_rule,
    'MANUAL',
    ledger.confidence_level::text,
    'high',
    coalesce(ledger.attributed_source, 'manual'),
    ledger.evidence_json,
    %(evidence)s::jsonb,
    'MANUAL_DECISION',
    %(decided_at)s::timestamptz,
    %(notes)s
from canon.identity_registry as person
left join observational.lead_ledger as ledger on ledger.person_key = person.person_key
where person.person_key = %(person_key)s::uuid;

insert into observational.lead_ledger as ledger (
    person_key, attributed_source, attributed_scout_id, attribution_rule, attribution_score, confidence_level,
    evidence_json, decision_status, updated_at, event_scouts
)
select
    person.person_key,
    'manual',
    %(scout_id)s::integer,
    'MANUAL',
    1,
    'high',
    %(evidence)s::jsonb,
    case when %(scout_id)s::integer is null then 'unassigned' else 'assigned' end::public.decisionstatus,
    %(decided_at)s::timestamptz,
    (
        select case when count(*) > 0 then count(distinct event.scout_id) end
        from observational.lead_events as event
        where event.person_key = person.person_key
    )
from canon.identity_registry as person
where person.person_key = %(person_key)s::uuid
on conflict (person_key) do update set
    attributed_source = coalesce(ledger.attributed_source, excluded.attributed_source),
    attributed_scout_id = excluded.attributed_scout_id,
    attribution_rule = excluded.attribution_rule,
    attribution_score = excluded.attribution_score,
    confidence_level = excluded.confidence_level,
    evidence_json = case jsonb_typeof(ledger.evidence_json)
        when 'object' then ledger.evidence_json - array['held_as', 'reverted_run'] else '{}'
    end || excluded.evidence_json,
    decision_status = excluded.decision_status,
    updated_at = excluded.updated_at,
    event_scouts = excluded.event_scouts,
    conflict_since = null;
