-- Persons per attribution state, counted from the tables, beside the running totals (canon.attribution_totals). Reads
-- the whole ledger. One row.
create or replace view ops.v_attribution_recount as
select
    people.persons,
    counted.satisfactory,
    counted.conflicts,
    counted.d_events,
    counted.a_events,
    counted.scouting_claims,
    counted.lead_claims,
    (
        people.persons, counted.satisfactory, counted.conflicts, counted.d_events, counted.a_events,
        counted.scouting_claims, counted.lead_claims
    )
    = (
        kept.persons, kept.satisfactory, kept.conflicts, kept.d_events, kept.a_events, kept.scouting_claims,
        kept.lead_claims
    ) as is_as_kept,
    to_jsonb(kept) as kept
from (select count(*) as persons from canon.identity_registry) as people
cross join (
    select
        count(ledger.attributed_scout_id) as satisfactory,
        count(*) filter (where ledger.decision_status = 'conflict') as conflicts,
        count(*) filter (where ledger.attributed_scout_id is null and ledger.event_scouts > 0) as d_events,
        count(*) filter (where ledger.attributed_scout_id is null and ledger.event_scouts = 0) as a_events,
        count(*) filter (where ledger.has_scouting_claim) as scouting_claims,
        count(*) filter (where ledger.has_lead_claim) as lead_claims
    from observational.lead_ledger as ledger
) as counted
cross join canon.attribution_totals as kept;
