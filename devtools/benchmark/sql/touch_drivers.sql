-- Another mobile number for a sample of driver accounts that differs from round to round. Grain: one row per account.
update public.drivers as driver
set
    phone = '9' || right('0000000' || abs(hashtext(driver.driver_id || %(round)s::text))::text, 8),
    updated_at = localtimestamp
where driver.driver_id in (
    select sampled.driver_id
    from public.drivers as sampled
    order by md5(sampled.driver_id || %(round)s::text)
    limit %(count)s
);
