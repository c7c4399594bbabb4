-- Payments of the partner as they are in the source: three milestones per row, each paid or not; see
-- canon.read_module_ct_cabinet_leads. SECURITY DEFINER, because readers of views have no right on the source: it is
-- read as a whole.
-- Grain: one row per row of the source.
create or replace function canon.read_module_ct_cabinet_payments()
returns table (
    transaction_id xid, payment_id integer, pay_date date, pay_time time, scout_id integer, driver_name text,
    is_paid_1 boolean, is_paid_5 boolean, is_paid_25 boolean, driver_id text, person_key uuid,
    came_at_local timestamp, came_at timestamptz
)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select
        nullif(source.xid, '0'::xid), source.payment_id, source.pay_date, source.pay_time, source.scout_id,
        source.driver_name, source.is_paid_1, source.is_paid_5, source.is_paid_25, source.driver_id,
        source.person_key, source.came_at_local, source.came_at
    from (values (null::xid, null::text, null::uuid)) as absent (xmin, driver_id, person_key)
    cross join lateral (
        select
            xmin as xid,
            canon.as_integer(payment.id) as payment_id,
            canon.as_day(payment.date, (select zone.timezone from ops.local_time_zone as zone)) as pay_date,
            canon.as_clock(payment.time) as pay_time,
            canon.as_integer(payment.scout_id) as scout_id,
            canon.as_text(payment.driver) as driver_name,
            canon.as_flag(payment.trip_1) as is_paid_1,
            canon.as_flag(payment.trip_5) as is_paid_5,
            canon.as_flag(payment.trip_25) as is_paid_25,
            canon.as_text(driver_id) as driver_id,
            canon.as_uuid(person_key) as person_key,
            canon.as_unzoned(payment.created_at) as came_at_local,
            canon.as_zoned(payment.created_at) as came_at
        from public.module_ct_cabinet_payments as payment
    ) as source
$$;
