-- Some driver accounts as they are written and as they are compared, whose they are, and their trips from %(lead_date)s
-- on, in all and within the 14 days that most rules count. Grain and key: driver_id.
select
    account.driver_id,
    account.park_id,
    account.full_name_norm as name,
    account.phone_norm as phone,
    account.license_norm as license,
    account.plate_norm as plate,
    account.brand_norm as brand,
    account.model_norm as model,
    account.hire_date,
    link.person_key,
    driven.first_trip_date,
    driven.trips_14d,
    driven.trips,
    account.written
from ops.v_driver_accounts as account
left join ops.v_identity_links as link
    on link.source_table = 'drivers' and link.source_pk = account.driver_id
cross join lateral (
    select
        min(daily.trip_date) filter (where daily.trips > 0) as first_trip_date,
        coalesce(sum(daily.trips) filter (where daily.trip_date < %(lead_date)s::date + 14), 0)::bigint as trips_14d,
        coalesce(sum(daily.trips), 0)::bigint as trips
    from ops.v_driver_daily_trips as daily
    where
        daily.driver_id = account.driver_id
        and daily.trip_date >= coalesce(%(lead_date)s::date, '-infinity')
) as driven
where account.driver_id = any(%(driver_ids)s::text[]);
