-- The claims that the view of an established database shows before it is prepared, whichever columns it has; one row
-- where it repeats a claim. Into rehearsed_claims. Repeatable after deleting the moment `before`.
insert into pg_temp.rehearsed_claims (moment, driver_id, milestone, currency, person_key, scout_id, amount, status)
select distinct on (claim.shown ->> 'driver_id', claim.shown ->> 'milestone_value', claim.shown ->> 'currency')
    'before',
    claim.shown ->> 'driver_id',
    (claim.shown ->> 'milestone_value')::integer,
    claim.shown ->> 'currency',
    (claim.shown ->> 'person_key')::uuid,
    (claim.shown ->> 'scout_id')::integer,
    (claim.shown ->> 'expected_amount')::numeric,
    claim.shown ->> 'yango_payment_status'
from (select to_jsonb(standing) as shown from ops.v_yango_collection_with_scout as standing) as claim
order by claim.shown ->> 'driver_id', claim.shown ->> 'milestone_value', claim.shown ->> 'currency', claim.shown::text;
