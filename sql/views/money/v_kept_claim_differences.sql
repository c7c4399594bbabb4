-- Claims and first 14 days, as runs keep them, that say otherwise about money than the views that derive all of them: a
-- row for what is kept, and one for what is derived.
-- Left out are persons about whom something came that no run has read, and everything while rules or counted trips
-- changed, or where a database has such views of its own, which runs read as a whole. The name of a driver is no money.
-- Grain: one claim, or one driver's first days, in one currency, of one side.
create or replace view ops.v_kept_claim_differences as
with state as (
    select mod(kept.trips_horizon::text::numeric, 4294967296)::text::xid as trips_since
    from canon.read_model_refreshes as kept
    cross join ops.payment_settings() as present
    where
        kept.read_model = 'cabinet_claims'
        and kept.settings = present.settings
        and kept.trips_identity = present.trips_identity
        and (
            select bool_and(strpos(obj_description(to_regclass(used.view_name)), 'Control Tower created') > 0)
            from unnest(array[
                'ops.v_yango_payments_ledger_latest', 'ops.v_yango_payments_ledger_latest_enriched',
                'ops.v_claims_payment_status_cabinet', 'ops.v_yango_cabinet_claims_for_collection',
                'ops.v_cabinet_financial_14d'
            ]) as used (view_name)
        )
),

compared as (
    select
        shown.is_kept,
        shown.claim ->> 'driver_id' as driver_id,
        (shown.claim ->> 'person_key')::uuid as person_key,
        shown.claim
        - '{driver_name,days_overdue_yango,overdue_bucket_yango,payment_keys,candidate_driver_ids}'::text[] as money,
        shown.claim -> 'candidate_driver_ids' as candidates
    from (
        select true as is_kept, to_jsonb(claim) as claim from canon.cabinet_claims as claim
        union all
        select false, to_jsonb(claim) from ops.v_yango_cabinet_claims_for_collection as claim
    ) as shown
    where exists (select 1 from state)
    union all
    select
        shown.is_kept,
        shown.days ->> 'driver_id',
        (shown.days ->> 'person_key')::uuid,
        shown.days - '{driver_name,person_key}'::text[],
        null
    from (
        select true as is_kept, to_jsonb(financial) as days from canon.cabinet_financials as financial
        union all
        select false, to_jsonb(financial) from ops.v_cabinet_financial_14d as financial
    ) as shown
    where exists (select 1 from state)
),

unlike as (
    select
        compared.driver_id,
        max(compared.person_key::text)::uuid as person_key,
        compared.money,
        bool_or(compared.is_kept) as is_kept,
        coalesce(max(nullif(compared.candidates, 'null')::text)::jsonb, '[]') as candidates
    from compared
    group by compared.driver_id, compared.money
    having count(*) = 1
),

-- what only one side knows of the partner's payments
unread_payments as materialized (
    select unread.payment_key, unread.driver_id, unread.person_key
    from (
        select latest.payment_key, latest.milestone_value, latest.pay_date, latest.driver_id, latest.person_key
        from ops.v_yango_payments_ledger_latest as latest
        where latest.is_paid and exists (select 1 from unlike)
        union all
        select paid.payment_key, paid.milestone_value, paid.pay_date, paid.driver_id, paid.person_key
        from canon.paid_payments as paid
        where exists (select 1 from unlike)
    ) as unread
    group by unread.payment_key, unread.milestone_value, unread.pay_date, unread.driver_id, unread.person_key
    having count(*) = 1
),

unread as (
    select link.person_key
    from canon.identity_links as link
    where
        link.source_table = 'drivers'
        and link.source_pk in (
            select queued.value from canon.cabinet_claims_queue as queued where queued.kind = 'driver'
            union all
            select payment.driver_id from unread_payments as payment where payment.driver_id is not null
            union all
            select unlike.driver_id
            from unlike
            inner join unread_payments as payment on payment.payment_key = unlike.money ->> 'payment_key'
            union all
            -- an account with the same name was added that no run has read: the name is ambiguous now
            select unlike.driver_id
            from unlike
            cross join lateral jsonb_array_elements_text(unlike.candidates) as candidate (driver_id)
            left join canon.drivers_index as account on account.driver_id = candidate.driver_id
            where account.driver_id is null
            union all
            select trip.driver_id
            from canon.source_trip_versions as trip
            cross join state
            where exists (select 1 from unlike) and age(trip.row_version) <= age(state.trips_since)
        )
    union all
    select queued.value::uuid from canon.cabinet_claims_queue as queued where queued.kind = 'person'
    union all
    select payment.person_key from unread_payments as payment
)

select
    coalesce(unlike.person_key, link.person_key) as person_key,
    unlike.driver_id,
    case when unlike.is_kept then unlike.money end as kept,
    case when not unlike.is_kept then unlike.money end as derived
from unlike
left join canon.identity_links as link on link.source_table = 'drivers' and link.source_pk = unlike.driver_id
where not exists (select 1 from unread where unread.person_key in (unlike.person_key, link.person_key))
order by unlike.driver_id;
