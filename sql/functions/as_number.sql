-- A column of a source as a whole number, whatever its type (see canon.as_text); NULL if the value is none.
create or replace function canon.as_number(value bigint)
returns bigint
language sql immutable parallel safe
as $$
    select value
$$;

create or replace function canon.as_number(value integer)
returns bigint
language sql immutable parallel safe
as $$
    select value::bigint
$$;

create or replace function canon.as_number(value numeric)
returns bigint
language sql immutable parallel safe
as $$
    select case when value = trunc(value) and abs(value) < 9e18 then value::bigint end
$$;

create or replace function canon.as_number(value double precision)
returns bigint
language sql immutable parallel safe
as $$
    select case when value = trunc(value) and abs(value) < 9e15 then value::bigint end
$$;

create or replace function canon.as_number(value text)
returns bigint
language sql immutable parallel safe
as $$
    select case when value ~ '^\s*[+-]?\d{1,18}(\.0*)?\s*$' then split_part(btrim(value, E' \t\r\n'), '.', 1)::bigint end
$$;
