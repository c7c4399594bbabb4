-- Ledger rows that follow neither from the events nor from a human decision, with the scout and state that they should
-- have: somebody wrote them by hand. Compares each row with the summary of its events that was written with it; queued
-- persons, whose events changed since, are left out, as are rows of earlier programs (ops.earlier_ledger_rows) and
-- conflicts about a scout that the source took back.
-- Grain and key: person_key.
create or replace view ops.v_unfounded_ledger_rows as
with suspects as (
    select
        ledger.person_key,
        ledger.attributed_scout_id,
        ledger.attribution_rule,
        ledger.decision_status::text as decision_status,
        ledger.event_scout_ids,
        coalesce(ledger.attribution_rule = 'MANUAL', false) as is_manual
    from observational.lead_ledger as ledger
    where
        case
            when ledger.attribution_rule = 'MANUAL' then true
            -- not derived yet, or no events
            when ledger.event_scouts is null and ledger.attributed_scout_id is null then false
            when
                ledger.decision_status = 'conflict'
                and (ledger.event_scouts > 1 or ledger.evidence_json ? 'conflict_payment')
                then
                    ledger.attributed_scout_id <> all(coalesce(ledger.event_scout_ids, '{}'))
                    and (ledger.evidence_json -> 'gone_scouts' @> to_jsonb(ledger.attributed_scout_id)) is not true
            when ledger.event_scouts = 1
                then
                    ledger.attributed_scout_id is distinct from ledger.event_scout_ids[1]
                    or ledger.decision_status <> 'assigned'
            when ledger.event_scouts > 1 then true
            else ledger.attributed_scout_id is not null or ledger.decision_status = 'conflict'
        end
),

with_decision as (
    select
        suspects.*,
        decision.is_decided,
        decision.scout_id as decided_scout_id,
        decision.status as decided_status
    from suspects
    left join lateral (
        select
            true as is_decided,
            (human.after #>> '{ledger,attributed_scout_id}')::integer as scout_id,
            human.after #>> '{ledger,decision_status}' as status
        from ops.human_decisions as human
        where suspects.is_manual and human.person_key = suspects.person_key and human.after ? 'ledger'
        order by human.id desc
        limit 1
    ) as decision on true
)

select
    suspect.person_key,
    suspect.attributed_scout_id,
    suspect.attribution_rule,
    suspect.decision_status,
    case
        when suspect.is_decided then suspect.decided_scout_id
        when cardinality(suspect.event_scout_ids) = 1 then suspect.event_scout_ids[1]
    end as expected_scout_id,
    case
        when suspect.is_decided then suspect.decided_status
        when cardinality(suspect.event_scout_ids) = 1 then 'assigned'
        when cardinality(suspect.event_scout_ids) > 1 then 'conflict'
        when exists (
            select 1 from observational.lead_events as event
            where
                event.person_key = suspect.person_key
                and (
                    event.source_table = 'module_ct_cabinet_leads'
                    or event.payload_json ->> 'origin_tag' = 'fleet_migration'
                )
        ) then 'assigned'
        else 'unassigned'
    end as expected_status,
    suspect.event_scout_ids
from with_decision as suspect
where
    (suspect.is_decided and suspect.decided_scout_id is not distinct from suspect.attributed_scout_id) is not true
    and not exists (
        select 1 from canon.attribution_queue as queued where queued.person_key = suspect.person_key
    )
    and not exists (
        select 1 from ops.earlier_ledger_rows as earlier
        where
            earlier.person_key = suspect.person_key
            and earlier.attributed_scout_id is not distinct from suspect.attributed_scout_id
            and (earlier.attribution_rule = 'MANUAL' or not suspect.is_manual)
    )
    -- the row came from a person that was merged into this one
    and not exists (
        select 1
        from canon.identity_aliases as alias
        inner join ops.earlier_ledger_rows as earlier on earlier.person_key = alias.person_key
        where
            alias.survivor_key = suspect.person_key
            and earlier.attributed_scout_id is not distinct from suspect.attributed_scout_id
            and (earlier.attribution_rule = 'MANUAL' or not suspect.is_manual)
    );
