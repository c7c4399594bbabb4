-- A column of a source that holds a day in one of several notations, as text (canon.parse_date_file reads it), whatever
-- its type (see canon.as_text).
create or replace function canon.as_day_text(value text, timezone text)
returns text
language sql stable parallel safe
as $$
    select value
$$;

create or replace function canon.as_day_text(value date, timezone text)
returns text
language sql stable parallel safe
as $$
    select to_char(value, 'YYYY-MM-DD')
$$;

create or replace function canon.as_day_text(value timestamp, timezone text)
returns text
language sql stable parallel safe
as $$
    select to_char(value, 'YYYY-MM-DD')
$$;

create or replace function canon.as_day_text(value timestamptz, timezone text)
returns text
language sql stable parallel safe
as $$
    select to_char(value at time zone timezone, 'YYYY-MM-DD')
$$;
