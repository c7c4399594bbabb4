-- What was typed, as records, accounts and others keep it; NULL: it cannot be that, or was not asked for. `by` is one
-- kind of value, or 'any': then each kind that the text can be. The end of a phone has four digits or more and is no
-- whole number. One row.
with asked as (
    select
        btrim(%(value)s::text) as value,
        regexp_replace(%(value)s::text, '[^0-9]', '', 'g') as digits,
        %(by)s::text = 'any' as is_any,
        %(by)s::text as kind,
        canon.phone_key(%(value)s::text, %(country)s::text) as phone
)

select
    case when asked.is_any or asked.kind = 'phone' then asked.phone end as phone,
    case
        when
            (asked.is_any or asked.kind = 'phone')
            and asked.phone is null
            and asked.value ~ '^[-+0-9 ().…*•]+$'
            and length(asked.digits) between 4 and 14
            then asked.digits
    end as phone_end,
    case
        when asked.kind = 'license' or asked.is_any and asked.digits <> ''
            then canon.normalise_license(asked.value)
    end as license,
    case
        when (asked.kind = 'license' or asked.is_any) and asked.value ~ '^[0-9][-0-9. ]*$'
            then canon.license_document(canon.normalise_license(asked.value), %(country)s::text)
    end as document,
    case
        when asked.kind = 'plate' or asked.is_any and asked.digits <> ''
            then canon.normalise_plate(asked.value)
    end as plate,
    case when asked.is_any or asked.kind = 'driver_id' then asked.value end as driver_id,
    case when asked.is_any or asked.kind = 'external_id' then asked.value end as external_id,
    case
        when asked.kind = 'name' or asked.is_any and asked.value !~ '[0-9]'
            then string_to_array(canon.normalise_name(asked.value), ' ')
    end as words,
    case
        when asked.is_any and asked.value ~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then asked.value::uuid
    end as person_key,
    case when asked.is_any and asked.value ~ '^#?[0-9]{1,9}$' then asked.digits::integer end as number,
    case when asked.is_any and asked.value ~* '^[0-9a-f]{32}$' then lower(asked.value) end as payment_key
from asked;
