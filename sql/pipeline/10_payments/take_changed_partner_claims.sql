-- Takes the persons of canon.partner_claims_queue, whose claims or scouts changed. What is queued later is for the next
-- run. One row.
with taken as (
    delete from canon.partner_claims_queue as queued returning queued.person_key
)

select coalesce(array_agg(distinct taken.person_key), '{}') as persons
from taken;
