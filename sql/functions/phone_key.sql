-- The phone of a record, an account or a search as it is stored and compared: this country's number, or else a number
-- of another country, which begins with +.
create or replace function canon.phone_key(raw text, country text)
returns text
language sql immutable parallel safe
as $$
    select coalesce(canon.normalise_phone(raw, country), canon.foreign_phone(raw, country))
$$;
