-- A column of a source as local time, whatever its type (see canon.as_text). A moment (timestamptz, or text with an
-- offset) is told in the given time zone; NULL: text that is no ISO date or time, and implausible dates.
create or replace function canon.as_local_time(value timestamp, timezone text)
returns timestamp
language sql immutable parallel safe
as $$
    select value
$$;

create or replace function canon.as_local_time(value timestamptz, timezone text)
returns timestamp
language sql immutable parallel safe
as $$
    select value at time zone timezone
$$;

create or replace function canon.as_local_time(value date, timezone text)
returns timestamp
language sql immutable parallel safe
as $$
    select canon.plausible_date(value)::timestamp
$$;

create or replace function canon.as_local_time(value text, timezone text)
returns timestamp
language sql immutable parallel safe
as $$
    select coalesce(canon.parse_unzoned(value), canon.parse_zoned(value) at time zone timezone)
$$;
