-- What a source record says of a person and a day, as one value (the column digest of canon.records_index): equal
-- digests are the same record. The scout is left out, since sources correct it. NULL: there is nothing to recognise.
create or replace function canon.record_digest(
    name_norm text, phone_norm text, license_norm text, plate_norm text, driver_id text, event_date date
)
returns uuid
language sql immutable parallel safe
as $$
    select case
        when coalesce(name_norm, phone_norm, license_norm, driver_id) is not null then md5(
            coalesce(name_norm, '') || '|' || coalesce(phone_norm, '') || '|' || coalesce(license_norm, '') || '|'
            || coalesce(plate_norm, '') || '|' || coalesce(driver_id, '') || '|'
            || coalesce(event_date - date '2000-01-01', -1)::text
        )::uuid
    end
$$;
