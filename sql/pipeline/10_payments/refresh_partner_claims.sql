-- The claims on the partner with their scouts, as ops.v_yango_collection_with_scout shows them now, into
-- canon.partner_claims: what differs is replaced. %(persons)s: only these persons'; NULL: all. Grain and key:
-- (driver_id, milestone_value, currency). Leaves gone_claims and new_claims: the rows that were deleted and written.
-- Repeatable.
drop table if exists current_claims, gone_claims, new_claims;

create temporary table current_claims on commit drop as
select claim.*
from ops.v_yango_collection_with_scout as claim
where %(persons)s::uuid[] is null or claim.person_key = any(%(persons)s::uuid[]);

-- the others are the columns of the table, in its order, so that rows can be compared and copied
alter table current_claims drop column days_overdue_yango, drop column overdue_bucket_yango;

create temporary table gone_claims on commit drop as
select
    kept.ctid as row_address,
    kept.*
from canon.partner_claims as kept
left join current_claims as claim
    on
        claim.driver_id = kept.driver_id
        and claim.milestone_value = kept.milestone_value
        and claim.currency = kept.currency
        and (claim.*) is not distinct from (kept.*)
where
    claim.scout_quality_bucket is null
    and (%(persons)s::uuid[] is null or kept.person_key = any(%(persons)s::uuid[]));

-- rows: deleted
delete from canon.partner_claims as kept
using gone_claims as gone
where kept.ctid = gone.row_address;

-- read before the insert: an anti-join of an INSERT with its own target can degrade to a nested loop (ADR 13)
create temporary table new_claims on commit drop as
select claim.*
from current_claims as claim
left join canon.partner_claims as kept
    on
        kept.driver_id = claim.driver_id
        and kept.milestone_value = claim.milestone_value
        and kept.currency = claim.currency
        and (kept.*) is not distinct from (claim.*)
where kept.scout_quality_bucket is null;

-- rows: written
insert into canon.partner_claims
select claim.*
from new_claims as claim;
