-- References to persons in money tables and tables of earlier programs, which block merging, with the transaction that
-- wrote each.
-- Grain: one reference.
create or replace view canon.mentions_of_persons as
select claim.person_key, claim.xmin as row_version from canon.claims_yango_cabinet_14d as claim
union all
select origin.person_key, origin.xmin from canon.identity_origin as origin
union all
select history.person_key, history.xmin from canon.identity_origin_history as history
union all
select orphan.person_key, orphan.xmin from canon.driver_orphan_quarantine as orphan
union all
select candidate.person_key_candidate, candidate.xmin
from observational.scouting_match_candidates as candidate
union all
select job.matched_person_key, job.xmin from ops.identity_matching_jobs as job;
