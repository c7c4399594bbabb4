-- A column of a source as text, whatever its type: one overload per type that is understood (canon.readable_types).
-- PostgreSQL picks it when a query is planned, so that a column may change its type at any time. Whole numbers that a
-- loader stored as decimals are written without them: 987654321.0 is '987654321'.
create or replace function canon.as_text(value text)
returns text
language sql immutable parallel safe
as $$
    select value
$$;

create or replace function canon.as_text(value integer)
returns text
language sql immutable parallel safe
as $$
    select value::text
$$;

create or replace function canon.as_text(value bigint)
returns text
language sql immutable parallel safe
as $$
    select value::text
$$;

create or replace function canon.as_text(value numeric)
returns text
language sql immutable parallel safe
as $$
    select nullif(trim_scale(value)::text, 'NaN')
$$;

create or replace function canon.as_text(value double precision)
returns text
language sql immutable parallel safe
as $$
    select case
        when value = trunc(value) and abs(value) < 1e15 then value::numeric::text
        when abs(value) < 'infinity' then value::text
    end
$$;

create or replace function canon.as_text(value uuid)
returns text
language sql immutable parallel safe
as $$
    select value::text
$$;
