-- Which scouts that no event of a person names any more (person_events_batch.gone_scouts) were paid for the person: by
-- a statement that is marked paid, or by a payment of the partner that names scout and person. Human decisions are not
-- questioned. Few persons have such scouts; without one, no table of payments is read.
-- Grain and key: (person_key, scout_id). Reads: person_events_batch. Leaves: paid_scout_batch, gone_scout_batch.
create temporary table gone_scout_batch on commit drop as
select
    person.person_key,
    gone.scout_id,
    -- the person was paid for under the keys of those merged into it, too
    array_append(
        array(
            select alias.person_key from canon.identity_aliases as alias where alias.survivor_key = person.person_key
        ), person.person_key
    ) as person_keys
from pg_temp.person_events_batch as person
cross join lateral unnest(person.gone_scouts) as gone (scout_id)
where not person.is_manual;

create temporary table paid_scout_batch on commit drop as
with by_statement as (
    select
        gone.person_key,
        gone.scout_id,
        statement.id as statement_id
    from pg_temp.gone_scout_batch as gone
    inner join ops.scout_statement_lines as line on line.person_key = any(gone.person_keys)
    inner join ops.scout_statements as statement
        on statement.id = line.statement_id and statement.scout_id = gone.scout_id
    inner join ops.scout_statement_payments as paid on paid.statement_id = statement.id
    group by gone.person_key, gone.scout_id, statement.id
    having sum(line.amount) > 0
),

-- the driver or person that an earlier program found counts where the source names none
partner_payments as materialized (
    select
        payment.payment_id,
        payment.scout_id,
        coalesce(payment.driver_id, known.driver_id) as driver_id,
        coalesce(payment.person_key, known.person_key) as person_key,
        canon.name_key(canon.normalise_name(payment.driver_name)) as name_key
    from canon.source_cabinet_payments as payment
    left join lateral (
        select
            min(status.driver_id) as driver_id,
            min(status.person_key::text)::uuid as person_key
        from ops.yango_payment_status_ledger as status
        where
            status.source_table = 'module_ct_cabinet_payments'
            and status.source_pk = payment.payment_id::text
            and status.raw_driver_name = payment.driver_name
    ) as known on true
    where
        (select count(*) from pg_temp.gone_scout_batch) > 0
        and payment.scout_id = any(array(select gone.scout_id from pg_temp.gone_scout_batch as gone))
        and (payment.is_paid_1 or payment.is_paid_5 or payment.is_paid_25)
),

-- A name counts also where several persons have it: that the scout is the same says enough for a human to look.
by_partner as (
    select
        gone.person_key,
        gone.scout_id,
        payment.payment_id
    from pg_temp.gone_scout_batch as gone
    inner join partner_payments as payment on payment.scout_id = gone.scout_id
    where
        payment.person_key = any(gone.person_keys)
        or exists (
            select 1
            from canon.identity_links as account
            left join canon.drivers_index as driver on driver.driver_id = account.source_pk
            where
                account.person_key = gone.person_key
                and account.source_table = 'drivers'
                and (
                    account.source_pk = payment.driver_id
                    or (
                        payment.driver_id is null and payment.person_key is null
                        and canon.name_key(driver.full_name_norm) = payment.name_key
                    )
                )
        )
),

paid as (
    select by_statement.person_key, by_statement.scout_id, by_statement.statement_id, null::integer as payment_id
    from by_statement
    union all
    select by_partner.person_key, by_partner.scout_id, null, by_partner.payment_id
    from by_partner
)

select
    paid.person_key,
    paid.scout_id,
    jsonb_strip_nulls(jsonb_build_object(
        'scout_id', paid.scout_id,
        'statements', jsonb_agg(paid.statement_id order by paid.statement_id)
        filter (where paid.statement_id is not null),
        'partner_payments', jsonb_agg(paid.payment_id order by paid.payment_id)
        filter (where paid.payment_id is not null)
    )) as payment
from paid
group by paid.person_key, paid.scout_id;
