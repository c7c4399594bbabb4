-- Restore ledger rows that a run changed, where they are unchanged since, and hold them (rule MANUAL) until a scout
-- appears that is unknown today. A row that the run created stays, without a scout, to hold the decision.
-- Grain and key: person_key. Leaves: revert_report_this_step, ledger_changes_this_step.
create temporary table revert_report_this_step (
    position integer generated always as identity,
    what text not null,
    source_table text,
    source_pk text,
    person_key uuid,
    outcome text not null,
    before jsonb,
    after jsonb
) on commit drop;

create temporary table ledger_changes_this_step on commit drop as
with audited as (
    select
        audit.*,
        row_number() over (partition by audit.person_key order by audit.id desc) = 1 as is_newest,
        first_value(audit.old_attributed_scout_id) over first_of_person as first_scout,
        first_value(audit.attribution_rule_old) over first_of_person as first_rule,
        coalesce(first_value(audit.notes) over first_of_person like '%%state conflict', false) as was_conflict
    from ops.lead_ledger_scout_backfill_audit as audit
    where audit.ingestion_run_id = %(reverted_run_id)s::integer
    window first_of_person as (partition by audit.person_key order by audit.id)
),

changes as (
    select
        audited.id as audit_id,
        audited.person_key,
        audited.first_scout,
        audited.was_conflict,
        to_jsonb(ledger) - 'evidence_json' as before,
        ledger.evidence_json as old_evidence,
        ledger.person_key is not null
        and coalesce(ledger.attributed_scout_id, -1) = coalesce(audited.new_attributed_scout_id, -1)
        and coalesce(ledger.attribution_rule, '') = coalesce(audited.attribution_rule_new, '')
        and (ledger.decision_status = 'conflict')
        = (audited.backfill_method in ('CONFLICT_SEVERAL_SCOUTS', 'CONFLICT_AFTER_PAYMENT')) as is_current,
        jsonb_build_object(
            'rule', 'MANUAL', 'reverted_run', %(reverted_run_id)s::integer, 'decided_by', %(decided_by)s::text,
            'decided_at', %(decided_at)s::timestamptz, 'reason', %(reason)s::text,
            'before', jsonb_build_object(
                'attributed_scout_id', ledger.attributed_scout_id, 'attribution_rule', ledger.attribution_rule,
                'decision_status', ledger.decision_status
            ),
            'restored', jsonb_build_object(
                'attributed_scout_id', audited.first_scout, 'attribution_rule', audited.first_rule
            ),
            'seen_scouts', (
                select coalesce(jsonb_agg(distinct seen.scout_id order by seen.scout_id), '[]')
                from (
                    select event.scout_id
                    from observational.lead_events as event
                    where event.person_key = audited.person_key
                    union all
                    select unnest(array[ledger.attributed_scout_id, audited.first_scout])
                    union all
                    select known.scout_id::integer
                    from jsonb_array_elements_text(
                        case jsonb_typeof(ledger.evidence_json -> 'seen_scouts')
                            when 'array' then ledger.evidence_json -> 'seen_scouts' else '[]'
                        end
                    ) as known (scout_id)
                ) as seen
                where seen.scout_id is not null
            )
        ) || case when audited.was_conflict then '{"held_as": "conflict"}' else '{}' end::jsonb as evidence
    from audited
    left join observational.lead_ledger as ledger on ledger.person_key = audited.person_key
    where audited.is_newest
)

select
    changes.*,
    case jsonb_typeof(changes.old_evidence)
        when 'object' then changes.old_evidence - 'held_as' else '{}'
    end || changes.evidence as new_evidence
from changes;

update observational.lead_ledger as ledger
set
    attributed_scout_id = change.first_scout,
    attribution_rule = 'MANUAL',
    attribution_score = 1,
    confidence_level = 'high',
    decision_status = case
        when change.was_conflict then 'conflict'
        when change.first_scout is null then 'unassigned'
        else 'assigned'
    end::public.decisionstatus,
    conflict_since = case when change.was_conflict then %(decided_at)s::timestamptz end,
    evidence_json = change.new_evidence,
    updated_at = %(decided_at)s::timestamptz
from ledger_changes_this_step as change
where change.is_current and ledger.person_key = change.person_key;

insert into ops.lead_ledger_scout_backfill_audit (
    person_key, old_attributed_scout_id, new_attributed_scout_id, attribution_rule_old, attribution_rule_new,
    attribution_confidence_old, attribution_confidence_new, attribution_source, evidence_json_old, evidence_json_new,
    backfill_method, backfill_timestamp, notes
)
select
    change.person_key,
    (change.before ->> 'attributed_scout_id')::integer,
    change.first_scout,
    change.before ->> 'attribution_rule',
    'MANUAL',
    change.before ->> 'confidence_level',
    'high',
    change.before ->> 'attributed_source',
    change.old_evidence,
    change.new_evidence,
    'REVERTED',
    %(decided_at)s::timestamptz,
    %(notes)s
from ledger_changes_this_step as change
where change.is_current
order by change.audit_id desc;

insert into pg_temp.revert_report_this_step (what, person_key, outcome, before, after)
select
    'ledger',
    change.person_key,
    case when change.is_current then 'reverted' else 'changed since' end,
    change.before,
    case when change.is_current then to_jsonb(ledger) - 'evidence_json' end
from ledger_changes_this_step as change
left join observational.lead_ledger as ledger on ledger.person_key = change.person_key
order by change.audit_id desc;
