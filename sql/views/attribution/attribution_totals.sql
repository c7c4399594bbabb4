-- Current number of persons per attribution state: the sum of the differences in canon.attribution_counts. Queued
-- persons are counted as of their last derivation. One row.
create or replace view canon.attribution_totals as
select
    coalesce(sum(counted.persons), 0)::bigint as persons,
    coalesce(sum(counted.satisfactory), 0)::bigint as satisfactory,
    coalesce(sum(counted.conflicts), 0)::bigint as conflicts,
    coalesce(sum(counted.d_events), 0)::bigint as d_events,
    coalesce(sum(counted.a_events), 0)::bigint as a_events,
    coalesce(sum(counted.scouting_claims), 0)::bigint as scouting_claims,
    coalesce(sum(counted.lead_claims), 0)::bigint as lead_claims
from canon.attribution_counts as counted;
