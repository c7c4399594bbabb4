-- Persons that a machine may merge: created for a scouting row (NEW_PERSON), without a driver account, without a human
-- decision, and referenced by no money table or table of an earlier program.
-- Grain and key: person_key.
create or replace view canon.mergeable_persons as
select person.person_key, person.created_at
from canon.identity_registry as person
where
    exists (
        select 1 from canon.identity_links as link
        where link.person_key = person.person_key and link.match_rule in ('NEW_PERSON', 'BACKFILL_NEW_PERSON')
    )
    and not exists (
        select 1 from canon.identity_links as link
        where
            link.person_key = person.person_key
            and (link.source_table = 'drivers' or link.match_rule = 'MANUAL')
    )
    and not exists (
        select 1 from observational.lead_ledger as ledger
        where ledger.person_key = person.person_key and ledger.attribution_rule = 'MANUAL'
    )
    and not exists (
        select 1 from canon.claims_yango_cabinet_14d as claim where claim.person_key = person.person_key
    )
    and not exists (select 1 from canon.identity_origin as origin where origin.person_key = person.person_key)
    and not exists (
        select 1 from canon.identity_origin_history as history where history.person_key = person.person_key
    )
    and not exists (
        select 1 from canon.driver_orphan_quarantine as orphan where orphan.person_key = person.person_key
    )
    and not exists (
        select 1 from observational.scouting_match_candidates as candidate
        where candidate.person_key_candidate = person.person_key
    )
    and not exists (
        select 1 from ops.identity_matching_jobs as job where job.matched_person_key = person.person_key
    );
