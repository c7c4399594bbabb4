-- What the views of claims read, as far as claims of %(persons)s (NULL: of all) depend on it, each in the shape in
-- which they read it: asked_leads (canon.lead_conversions), asked_payments (ops.v_yango_payments_ledger_latest: the
-- paid ones that canon.paid_payments keeps), asked_bearers (the drivers of the names that those give, as
-- canon.payment_names keeps them) and asked_names (the drivers of those leads), both as canon.read_drivers_names().
-- Arrays and statistics, because a join with unknown rows is planned for the whole table. Repeatable.
drop table if exists asked_leads, asked_names, asked_accounts, asked_payments, asked_bearer_keys, asked_bearers;

-- Without hire_date, which no view of claims reads: to look it up takes as long as all the rest.
create temporary table asked_leads on commit drop as
select
    lead.person_key,
    lead.origin_tag,
    lead.lead_date,
    lead.scout_id,
    lead.driver_id,
    lead.first_connection_date,
    lead.first_trip_date,
    lead.trip_1_date,
    lead.trip_5_date,
    lead.trip_25_date,
    lead.trips_7d,
    lead.trips_14d,
    lead.trips_30d,
    lead.is_quarantined,
    lead.is_deciding_origin
from canon.lead_conversions as lead
where lead.origin_tag = 'cabinet' and (%(persons)s::uuid[] is null or lead.person_key = any(%(persons)s::uuid[]));

analyze asked_leads;

create temporary table asked_names on commit drop as
select
    driver.driver_id::text as driver_id,
    driver.full_name,
    driver.name_parts
from canon.source_drivers as driver
inner join asked_leads as lead on lead.driver_id = driver.driver_id;

analyze asked_names;

create temporary table asked_accounts on commit drop as
select link.source_pk::text as driver_id
from canon.identity_links as link
where link.source_table = 'drivers' and link.person_key = any(%(persons)s::uuid[]);

create temporary table asked_payments on commit drop as
with names as materialized (
    select distinct bearer.name_key
    from canon.payment_names as bearer
    where bearer.driver_id = any(array(select account.driver_id from asked_accounts as account))
),

payments as (
    select payment.*
    from canon.paid_payments as payment
    where %(persons)s::uuid[] is null
    union all
    select payment.*
    from canon.paid_payments as payment
    where payment.driver_id = any(array(select account.driver_id from asked_accounts as account))
    union all
    select payment.*
    from canon.paid_payments as payment
    where
        payment.person_key = any(%(persons)s::uuid[])
        and (
            payment.driver_id is null
            or payment.driver_id not in (select account.driver_id from asked_accounts as account)
        )
    union all
    select payment.*
    from canon.paid_payments as payment
    where payment.name_key = any(array(select names.name_key from names))
)

select
    null::bigint as id,
    null::timestamptz as latest_snapshot_at,
    null::text as source_table,
    null::text as source_pk,
    payment.pay_date,
    null::time as pay_time,
    null::text as raw_driver_name,
    payment.driver_name_normalized,
    null::text as milestone_type,
    payment.milestone_value,
    true as is_paid,
    null::text as paid_flag_source,
    payment.driver_id,
    payment.person_key,
    payment.match_rule,
    payment.match_confidence,
    payment.payment_key,
    null::text as state_hash,
    null::timestamptz as created_at,
    payment.name_key
from payments as payment;

analyze asked_payments;

create temporary table asked_bearer_keys on commit drop as
select distinct bearer.driver_id
from canon.payment_names as bearer
where
    %(persons)s::uuid[] is null
    or bearer.name_key = any(array(select distinct payment.name_key from asked_payments as payment));

analyze asked_bearer_keys;

create temporary table asked_bearers on commit drop as
select
    driver.driver_id::text as driver_id,
    driver.full_name,
    driver.name_parts
from canon.source_drivers as driver
inner join asked_bearer_keys as bearer on bearer.driver_id = driver.driver_id;

analyze asked_bearers;
