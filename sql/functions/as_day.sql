-- A column of a source as a day, whatever its type (see canon.as_text). A moment (timestamptz, or text with an offset)
-- is of the day that it was in the given time zone; NULL: text that is no ISO date.
create or replace function canon.as_day(value date, timezone text)
returns date
language sql immutable parallel safe
as $$
    select value
$$;

create or replace function canon.as_day(value timestamp, timezone text)
returns date
language sql immutable parallel safe
as $$
    select value::date
$$;

create or replace function canon.as_day(value timestamptz, timezone text)
returns date
language sql immutable parallel safe
as $$
    select (value at time zone timezone)::date
$$;

create or replace function canon.as_day(value text, timezone text)
returns date
language sql immutable parallel safe
as $$
    select coalesce(canon.parse_unzoned(value), canon.parse_zoned(value) at time zone timezone)::date
$$;
