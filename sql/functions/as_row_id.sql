-- The key of a source row as a number that finds its chunk (canon.chunk_of_row), whatever its type (see canon.as_text).
-- A key that is no whole number is hashed.
create or replace function canon.as_row_id(value bigint)
returns bigint
language sql immutable parallel safe
as $$
    select value
$$;

create or replace function canon.as_row_id(value integer)
returns bigint
language sql immutable parallel safe
as $$
    select value::bigint
$$;

create or replace function canon.as_row_id(value numeric)
returns bigint
language sql immutable parallel safe
as $$
    select coalesce(canon.as_number(value), hashtextextended(value::text, 0))
$$;

create or replace function canon.as_row_id(value double precision)
returns bigint
language sql immutable parallel safe
as $$
    select coalesce(canon.as_number(value), hashtextextended(value::text, 0))
$$;

create or replace function canon.as_row_id(value text)
returns bigint
language sql immutable parallel safe
as $$
    select coalesce(canon.as_number(value), hashtextextended(value, 0))
$$;

create or replace function canon.as_row_id(value uuid)
returns bigint
language sql immutable parallel safe
as $$
    select hashtextextended(value::text, 0)
$$;
