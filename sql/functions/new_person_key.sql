-- A key for a new person: a UUID of version 7 (RFC 9562), which begins with the moment in milliseconds. Persons found
-- one after the other then lie side by side in every index on person_key; random keys made a first load write each of
-- these in as many places as there are persons. PostgreSQL has such a function of its own from version 18 on.
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
