-- A column of a source as an integer, whatever its type (see canon.as_text); NULL if the value is none.
create or replace function canon.as_integer(value integer)
returns integer
language sql immutable parallel safe
as $$
    select value
$$;

create or replace function canon.as_integer(value bigint)
returns integer
language sql immutable parallel safe
as $$
    select case when value between -2147483648 and 2147483647 then value::integer end
$$;

create or replace function canon.as_integer(value numeric)
returns integer
language sql immutable parallel safe
as $$
    select case when value = trunc(value) and abs(value) < 2147483648 then value::integer end
$$;

create or replace function canon.as_integer(value double precision)
returns integer
language sql immutable parallel safe
as $$
    select case when value = trunc(value) and abs(value) < 2147483648 then value::integer end
$$;

create or replace function canon.as_integer(value text)
returns integer
language sql immutable parallel safe
as $$
    select canon.as_integer(canon.as_number(value))
$$;
