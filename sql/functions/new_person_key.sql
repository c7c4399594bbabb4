-- A new person_key: UUID version 7 (RFC 9562), which begins with the time in milliseconds. Persons created together are
-- then adjacent in every index on person_key; random keys would write each to a random page (ADR 14). PostgreSQL has
-- such a function of its own only from version 18 on.
create or replace function canon.new_person_key()
returns uuid
language sql volatile
as $$
    select overlay(
        gen_random_uuid()::text
        placing overlay(
            lpad(to_hex((extract(epoch from clock_timestamp()) * 1000)::bigint), 12, '0') placing '-' from 9 for 0
        ) || '-7'
        from 1 for 15
    )::uuid
$$;
