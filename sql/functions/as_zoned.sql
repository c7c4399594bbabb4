-- A column of a source as a moment, if it has a zone; else NULL (see canon.as_unzoned). For each type that is
-- understood (see canon.as_text).
create or replace function canon.as_zoned(value timestamptz)
returns timestamptz
language sql immutable parallel safe
as $$
    select value
$$;

create or replace function canon.as_zoned(value timestamp)
returns timestamptz
language sql immutable parallel safe
as $$
    select null::timestamptz
$$;

create or replace function canon.as_zoned(value date)
returns timestamptz
language sql immutable parallel safe
as $$
    select null::timestamptz
$$;

create or replace function canon.as_zoned(value text)
returns timestamptz
language sql immutable parallel safe
as $$
    select canon.parse_zoned(value)
$$;
