-- What was typed, as records and driver accounts keep it; NULL: it is no phone, licence or plate. One row.
select
    case when %(by)s::text = 'phone' then canon.phone_key(%(value)s::text, %(country)s::text) end as phone,
    case when %(by)s::text = 'license' then canon.normalise_license(%(value)s::text) end as license,
    case when %(by)s::text = 'plate' then canon.normalise_plate(%(value)s::text) end as plate,
    case when %(by)s::text = 'driver_id' then btrim(%(value)s::text) end as driver_id,
    case when %(by)s::text = 'name' then string_to_array(canon.normalise_name(%(value)s::text), ' ') end as words;
