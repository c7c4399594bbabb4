-- Persons per attribution state, counted from the tables, beside the running totals (canon.attribution_totals). Reads
-- the whole ledger. One row.
create or replace view ops.v_attribution_recount as
select
    counted.*,
    (counted.*) = (kept.*) as is_as_kept,
    to_jsonb(kept) as kept
from (
    select
        (select count(*) from canon.identity_registry) as persons,
        count(ledger.attributed_scout_id) as satisfactory,
        count(*) filter (where ledger.decision_status = 'conflict') as conflicts,
        count(*) filter (where ledger.attributed_scout_id is null and ledger.event_scouts > 0) as d_events,
        count(*) filter (where ledger.attributed_scout_id is null and ledger.event_scouts = 0) as a_events,
        count(*) filter (where ledger.has_scouting_claim) as scouting_claims,
        count(*) filter (where ledger.has_lead_claim) as lead_claims
    from observational.lead_ledger as ledger
) as counted
cross join canon.attribution_totals as kept;
