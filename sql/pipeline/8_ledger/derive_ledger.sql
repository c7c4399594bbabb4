-- The ledger row of each person of the batch, derived from all of its events:
--   one scout        assigned (A; A_FLEET if from a migration; BACKFILL_SINGLE_SCOUT_FROM_EVENTS if the row existed
--                    without a scout)
--   several scouts   conflict; a scout already in the ledger stays
--   no scout         assigned to the source without a scout (A_FLEET, B), or unassigned (U)
--   human decision   kept (MANUAL); a conflict once a scout appears that the decision did not know
-- A scout that the ledger had from the events follows them when none names it any more, unless a scout that is gone was
-- paid for the person: then it is a conflict, and a human decides. Any other scout in the ledger is never replaced.
-- Grain and key: person_key. Reads: person_events_batch, paid_scout_batch. Leaves: derived_ledger_batch.
create temporary table derived_ledger_batch on commit drop as
with known as (
    select
        person.*,
        coalesce(person.old_scout = any(person.gone_scouts), false) as is_scout_gone,
        paid.payment as conflict_payment,
        cardinality(person.scouts) + case
            when person.old_scout is not null and person.old_scout <> all(person.scouts || person.gone_scouts) then 1
            else 0
        end as claimant_count
    from pg_temp.person_events_batch as person
    left join lateral (
        -- once found, a payment counts until the scout is back or a human decides
        select found.payment
        from (
            select
                person.old_evidence -> 'conflict_payment' as payment,
                0 as position
            where
                not person.is_manual
                and to_jsonb(person.gone_scouts) @> (person.old_evidence #> '{conflict_payment,scout_id}')
            union all
            select
                batch.payment,
                case when batch.scout_id = person.old_scout then 1 else 2 end
            from pg_temp.paid_scout_batch as batch
            where batch.person_key = person.person_key
        ) as found
        order by found.position, found.payment
        limit 1
    ) as paid on true
),

with_kept_scout as (
    select
        known.*,
        known.is_manual or (
            known.old_scout is not null
            and not (
                known.is_scout_gone and known.conflict_payment is null and cardinality(known.scouts) <= 1
            )
        ) as is_scout_kept
    from known
),

decided as (
    select
        known.*,
        case
            when known.is_manual then
                case
                    -- held_as: revert_backfill restored a conflict
                    when known.has_unseen_scout or known.old_evidence ->> 'held_as' = 'conflict'
                        then 'conflict'
                    when known.old_scout is null then 'unassigned'
                    else 'assigned'
                end
            when known.claimant_count > 1 or known.conflict_payment is not null then 'conflict'
            when known.claimant_count = 1 or known.has_migration or known.has_cabinet then 'assigned'
            else 'unassigned'
        end as new_status
    from with_kept_scout as known
),

with_scout as (
    select
        decided.*,
        case
            when decided.is_scout_kept then decided.old_scout
            when decided.new_status <> 'conflict' then decided.scouts[1]
        end as new_scout,
        case
            when decided.is_scout_kept then decided.old_rule
            when decided.new_status = 'conflict' then 'C'
            when decided.claimant_count = 1 and decided.has_row and not decided.is_scout_gone
                then 'BACKFILL_SINGLE_SCOUT_FROM_EVENTS'
            when decided.claimant_count = 1 and decided.is_scout_of_migration then 'A_FLEET'
            when decided.claimant_count = 1 then 'A'
            when decided.has_migration then 'A_FLEET'
            when decided.has_cabinet then 'B'
            else 'U'
        end as new_rule,
        case
            when decided.new_status <> 'conflict' then null
            when decided.is_manual and decided.is_scout_gone and decided.has_unseen_scout
                then 'SCOUT_CORRECTED_AFTER_DECISION'
            when decided.conflict_payment is null then null
            when cardinality(decided.scouts) = 0 then 'SCOUT_WITHDRAWN_AFTER_PAYMENT'
            else 'SCOUT_CORRECTED_AFTER_PAYMENT'
        end as conflict_reason
    from decided
)

select
    decided.*,
    case
        when decided.is_scout_kept then decided.old_source
        when decided.is_scout_of_migration or (cardinality(decided.scouts) = 0 and decided.has_migration)
            then 'fleet_migration'
        when cardinality(decided.scouts) > 0 then 'scouting'
        when decided.has_cabinet then 'cabinet'
    end as new_source,
    case
        when decided.is_scout_kept then decided.old_score
        when decided.new_status = 'conflict' then 0.50
        when decided.claimant_count = 1 or decided.has_migration then 0.95
        when decided.has_cabinet then 0.80
        else 0
    end::numeric(5, 2) as new_score,
    case
        when decided.is_scout_kept then decided.old_confidence::text
        when decided.new_status = 'conflict' then 'low'
        when decided.claimant_count = 1 or decided.has_migration then 'high'
        when decided.has_cabinet then 'medium'
        else 'low'
    end::public.attributionconfidence as new_confidence,
    case when decided.new_status = 'conflict' then
        case when decided.old_status = 'conflict' then coalesce(decided.old_conflict_since, decided.old_updated_at) end
    end as conflict_since,
    -- keys of an earlier program or a human are kept
    decided.old_evidence - array['conflict_reason', 'conflict_payment', 'gone_scouts'] || jsonb_build_object(
        'rule', decided.new_rule, 'scouts', to_jsonb(decided.scouts), 'events', coalesce(decided.examples, '[]'),
        'event_count', decided.event_count
    ) || jsonb_strip_nulls(jsonb_build_object(
        'conflict_reason', decided.conflict_reason,
        'conflict_payment', case when decided.conflict_reason is not null then decided.conflict_payment end,
        -- until the row is settled
        'gone_scouts', case
            when
                cardinality(decided.gone_scouts) > 0
                and (decided.new_status = 'conflict' or (decided.is_scout_kept and decided.is_scout_gone))
                then to_jsonb(decided.gone_scouts)
        end
    )) as new_evidence
from with_scout as decided;
