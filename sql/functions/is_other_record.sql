-- Whether a row that said the first of each pair and says the second now is another record: it has something to
-- recognise it by, and neither name, phone, licence nor driver_id is what it was. Of names, one may have words that the
-- other lacks.
create or replace function canon.is_other_record(
    name_before text, name_now text, phone_before text, phone_now text, license_before text, license_now text,
    driver_before text, driver_now text
)
returns boolean
language sql immutable parallel safe
as $$
    select
        coalesce(name_before, phone_before, license_before, driver_before) is not null
        and coalesce(phone_before = phone_now, false) is false
        and coalesce(license_before = license_now, false) is false
        and coalesce(driver_before = driver_now, false) is false
        and coalesce(string_to_array(name_before, ' ') @> string_to_array(name_now, ' '), false) is false
        and coalesce(string_to_array(name_before, ' ') <@ string_to_array(name_now, ' '), false) is false
$$;
