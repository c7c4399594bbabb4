-- A column of a source as yes or no, whatever its type (see canon.as_text); NULL if the value is neither.
create or replace function canon.as_flag(value boolean)
returns boolean
language sql immutable parallel safe
as $$
    select value
$$;

create or replace function canon.as_flag(value integer)
returns boolean
language sql immutable parallel safe
as $$
    select value <> 0
$$;

create or replace function canon.as_flag(value bigint)
returns boolean
language sql immutable parallel safe
as $$
    select value <> 0
$$;

create or replace function canon.as_flag(value numeric)
returns boolean
language sql immutable parallel safe
as $$
    select value <> 0
$$;

create or replace function canon.as_flag(value double precision)
returns boolean
language sql immutable parallel safe
as $$
    select value <> 0
$$;

create or replace function canon.as_flag(value text)
returns boolean
language sql immutable parallel safe
as $$
    select case
        when lower(btrim(value)) in ('true', 't', 'yes', 'y', 'si', 'sí', 's', '1', '1.0') then true
        when lower(btrim(value)) in ('false', 'f', 'no', 'n', '0', '0.0') then false
    end
$$;
