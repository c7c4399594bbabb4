-- A column of a source as a time without a zone, as it was written; NULL if it has a zone (see canon.as_zoned) or is no
-- time. For each type that is understood (see canon.as_text).
create or replace function canon.as_unzoned(value timestamp)
returns timestamp
language sql immutable parallel safe
as $$
    select value
$$;

create or replace function canon.as_unzoned(value timestamptz)
returns timestamp
language sql immutable parallel safe
as $$
    select null::timestamp
$$;

create or replace function canon.as_unzoned(value date)
returns timestamp
language sql immutable parallel safe
as $$
    select canon.plausible_date(value)::timestamp
$$;

create or replace function canon.as_unzoned(value text)
returns timestamp
language sql immutable parallel safe
as $$
    select canon.parse_unzoned(value)
$$;
