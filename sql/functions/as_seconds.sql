-- A column of a source as whole seconds, whatever its type (see canon.as_text); fractions are rounded, and NULL is what
-- is no number.
create or replace function canon.as_seconds(value bigint)
returns bigint
language sql immutable parallel safe
as $$
    select value
$$;

create or replace function canon.as_seconds(value integer)
returns bigint
language sql immutable parallel safe
as $$
    select value::bigint
$$;

create or replace function canon.as_seconds(value numeric)
returns bigint
language sql immutable parallel safe
as $$
    select case when abs(value) < 9e15 then round(value)::bigint end
$$;

create or replace function canon.as_seconds(value double precision)
returns bigint
language sql immutable parallel safe
as $$
    select case when abs(value) < 9e15 then round(value)::bigint end
$$;

create or replace function canon.as_seconds(value text)
returns bigint
language sql immutable parallel safe
as $$
    select case when value ~ '^\s*[+-]?\d{1,15}(\.\d*)?\s*$' then round(btrim(value, E' \t\r\n')::numeric)::bigint end
$$;

create or replace function canon.as_seconds(value interval)
returns bigint
language sql immutable parallel safe
as $$
    select round(extract(epoch from value))::bigint
$$;
