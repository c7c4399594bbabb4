-- Persons that a machine may merge: created for a scouting row (NEW_PERSON), without a driver account, without a human
-- decision, and referenced by no money table or table of an earlier program. A person that a human split from another
-- is never merged again.
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
        select 1 from ops.human_decisions as decision
        where decision.person_key = person.person_key and decision.kind = 'split_merged_person'
    )
    and not exists (select 1 from canon.mentions_of_persons as mention where mention.person_key = person.person_key);
