-- current_cabinet_claims into canon.cabinet_claims: of %(persons)s (NULL: of all), what differs is replaced. Persons
-- whose claims differ are queued for canon.partner_claims. Grain and key: (driver_id, milestone_value, currency).
-- Repeatable.
drop table if exists gone_cabinet_claims, written_cabinet_claims;

create temporary table gone_cabinet_claims on commit drop as
select kept.*
from canon.cabinet_claims as kept
where %(persons)s::uuid[] is null or kept.person_key = any(%(persons)s::uuid[])
except
select claim.* from current_cabinet_claims as claim;

create temporary table written_cabinet_claims on commit drop as
select claim.* from current_cabinet_claims as claim
except
select kept.*
from canon.cabinet_claims as kept
where %(persons)s::uuid[] is null or kept.person_key = any(%(persons)s::uuid[]);

-- by account, too: it may have been another person's
with deleted as (
    delete from canon.cabinet_claims as kept
    using (
        select gone.driver_id, gone.milestone_value, gone.currency from gone_cabinet_claims as gone
        union
        select written.driver_id, written.milestone_value, written.currency from written_cabinet_claims as written
    ) as changed
    where
        kept.driver_id = changed.driver_id
        and kept.milestone_value = changed.milestone_value
        and kept.currency = changed.currency
    returning kept.person_key
)

insert into canon.partner_claims_queue (person_key)
select deleted.person_key from deleted where deleted.person_key is not null
union
select written.person_key from written_cabinet_claims as written where written.person_key is not null;

-- rows: claims
insert into canon.cabinet_claims
select written.*
from written_cabinet_claims as written
order by written.driver_id, written.milestone_value, written.currency;
