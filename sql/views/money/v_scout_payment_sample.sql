-- Some persons of ops.v_scout_liquidation, with their milestones that are due, beside what ops.v_scout_payment_base and
-- canon.due_scout_milestones derive for them now: up to three hundred, from a place that each run of the refresh moves,
-- so that in time everybody is compared. Left out is who
-- changed since the list was kept (queued, or a ledger row, account or trip written later), and everybody after a
-- change of rules, zone or earlier trips: the next refresh derives them. Grain and key: person_key.
create or replace view ops.v_scout_payment_sample as
with place as (
    select md5(coalesce(max(run.id), 0)::text)::uuid as start
    from ops.ingestion_runs as run
    where run.job_type::text = 'scout_attribution_refresh'
),

sample as (
    (
        select ledger.person_key
        from observational.lead_ledger as ledger
        where ledger.person_key >= (select place.start from place)
        order by ledger.person_key
        limit 100
    )
    union
    (
        select kept.person_key
        from canon.scout_payments as kept
        where kept.person_key >= (select place.start from place)
        order by kept.person_key
        limit 100
    )
    union
    -- where the keys end they begin again
    (select ledger.person_key from observational.lead_ledger as ledger order by ledger.person_key limit 100)
),

kept_list as (
    select
        (kept.horizon::text::numeric % 4294967296)::text::xid as horizon,
        (kept.trips_horizon::text::numeric % 4294967296)::text::xid as trips_horizon
    from canon.read_model_refreshes as kept
    cross join ops.payment_settings() as present
    where
        kept.read_model = 'payments'
        and kept.settings = present.settings
        and kept.trips_identity = present.trips_identity
        and least(kept.horizon, kept.trips_horizon)::text::numeric
        between present.next_transaction - 2000000000 and present.next_transaction
),

settled as (
    select sample.person_key
    from sample
    cross join kept_list
    -- look-ups, person by person: joins would be made with all that there is
    where
        (
            select count(*) from canon.attribution_queue as queued where queued.person_key = sample.person_key
        ) = 0
        and (select count(*) from canon.payment_queue as queued where queued.person_key = sample.person_key) = 0
        and (
            select count(*) from observational.lead_ledger as ledger
            where ledger.person_key = sample.person_key and age(ledger.xmin) <= age(kept_list.horizon)
        ) = 0
        and (
            select count(*)
            from canon.identity_links as link
            left join canon.source_trip_versions as trip on trip.driver_id = link.source_pk
            where
                link.person_key = sample.person_key
                and link.source_table = 'drivers'
                and (
                    age(link.xmin) <= age(kept_list.horizon)
                    or age(trip.row_version) <= age(kept_list.trips_horizon)
                )
        ) = 0
),

compared as (
    select
        settled.person_key,
        jsonb_build_object(
            'payments',
            (
                select jsonb_agg(to_jsonb(kept) order by kept.currency)
                from canon.scout_payments as kept
                where kept.person_key = settled.person_key
            ),
            'milestones',
            (
                select jsonb_agg(to_jsonb(kept) order by kept.rule_id)
                from canon.scout_payment_milestones as kept
                where kept.person_key = settled.person_key
            )
        ) as kept,
        jsonb_build_object(
            'payments',
            (
                select jsonb_agg(to_jsonb(base) order by base.currency)
                from ops.v_scout_payment_base as base
                where base.person_key = settled.person_key
            ),
            'milestones',
            (
                select jsonb_agg(to_jsonb(due) order by due.rule_id)
                from canon.due_scout_milestones as due
                where due.person_key = settled.person_key
            )
        ) as derived
    from settled
)

select
    compared.person_key,
    compared.kept = compared.derived as is_as_derived,
    compared.kept,
    compared.derived
from compared;
