-- Write the derived ledger rows of the batch, queue their persons for the payment refresh and remove them from
-- canon.attribution_queue.
-- Grain and key: person_key. Reads: attribution_batch, derived_ledger_batch.
-- Safe to run again: equal rows are not written.
-- rows: written
insert into observational.lead_ledger as ledger (
    person_key, attributed_source, attributed_scout_id, attribution_rule, attribution_score, confidence_level,
    evidence_json, decision_status, updated_at, event_scouts, conflict_since, event_count, first_event_date,
    last_event_date, first_claim_id, first_claim_date, last_claim_date, event_scout_ids, has_scouting_claim,
    has_lead_claim
)
select
    derived.person_key,
    derived.new_source,
    derived.new_scout,
    derived.new_rule,
    derived.new_score,
    derived.new_confidence,
    derived.new_evidence,
    derived.new_status::public.decisionstatus,
    run.as_of,
    case when derived.event_count > 0 then cardinality(derived.scouts) end,
    case when derived.new_status = 'conflict' then coalesce(derived.conflict_since, run.as_of) end,
    nullif(derived.event_count, 0),
    derived.first_event_date,
    derived.last_event_date,
    derived.first_claim_id,
    derived.first_claim_date,
    derived.last_claim_date,
    case when derived.event_count > 0 then derived.scouts end,
    case when derived.event_count > 0 then derived.has_scouting_claim end,
    case when derived.event_count > 0 then derived.has_lead_claim end
from derived_ledger_batch as derived
cross join ops.run_settings(%(run_id)s::integer) as run
on conflict (person_key) do update set
    attributed_source = excluded.attributed_source,
    attributed_scout_id = excluded.attributed_scout_id,
    attribution_rule = excluded.attribution_rule,
    attribution_score = excluded.attribution_score,
    confidence_level = excluded.confidence_level,
    evidence_json = excluded.evidence_json,
    decision_status = excluded.decision_status,
    updated_at = excluded.updated_at,
    event_scouts = excluded.event_scouts,
    conflict_since = excluded.conflict_since,
    event_count = excluded.event_count,
    first_event_date = excluded.first_event_date,
    last_event_date = excluded.last_event_date,
    first_claim_id = excluded.first_claim_id,
    first_claim_date = excluded.first_claim_date,
    last_claim_date = excluded.last_claim_date,
    event_scout_ids = excluded.event_scout_ids,
    has_scouting_claim = excluded.has_scouting_claim,
    has_lead_claim = excluded.has_lead_claim
where
    (
        ledger.event_scouts, ledger.attributed_source, ledger.attributed_scout_id, ledger.attribution_rule,
        ledger.attribution_score, ledger.confidence_level, ledger.decision_status, ledger.conflict_since,
        ledger.event_count, ledger.first_event_date, ledger.last_event_date, ledger.first_claim_id,
        ledger.first_claim_date, ledger.last_claim_date, ledger.event_scout_ids, ledger.has_scouting_claim,
        ledger.has_lead_claim, ledger.evidence_json
    )
    is distinct from (
        excluded.event_scouts, excluded.attributed_source, excluded.attributed_scout_id, excluded.attribution_rule,
        excluded.attribution_score, excluded.confidence_level, excluded.decision_status, excluded.conflict_since,
        excluded.event_count, excluded.first_event_date, excluded.last_event_date, excluded.first_claim_id,
        excluded.first_claim_date, excluded.last_claim_date, excluded.event_scout_ids, excluded.has_scouting_claim,
        excluded.has_lead_claim, excluded.evidence_json
    );

insert into canon.payment_queue (person_key)
select batch.person_key
from pg_temp.attribution_batch as batch
order by batch.person_key
on conflict do nothing;

delete from canon.attribution_queue as queued
using pg_temp.attribution_batch as batch
where batch.person_key = queued.person_key;
