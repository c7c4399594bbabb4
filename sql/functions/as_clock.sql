-- A column of a source as a time of day, whatever its type (see canon.as_text); NULL: text that is none.
create or replace function canon.as_clock(value time)
returns time
language sql immutable parallel safe
as $$
    select value
$$;

create or replace function canon.as_clock(value timestamp)
returns time
language sql immutable parallel safe
as $$
    select value::time
$$;

create or replace function canon.as_clock(value text)
returns time
language sql immutable parallel safe
as $$
    select case when value ~ '^\s*([01]?\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,6})?)?\s*$' then btrim(value)::time end
$$;
