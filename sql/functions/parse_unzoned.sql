-- A date, or a date and time without an offset, in ISO notation, as loaders write it into text; NULL: anything else,
-- and days and times that do not exist. The day may also stand first, as canon.parse_date_file reads it.
--
-- '2026-10-29 23:30' -> 2026-10-29 23:30:00    '2026-10-29' -> 2026-10-29 00:00:00    '2026-10-29T23:30Z' -> NULL
create or replace function canon.parse_unzoned(raw text)
returns timestamp
language sql immutable parallel safe
as $$
    select
        canon.parse_date_file(parts[1])
        + make_interval(
            hours => coalesce(parts[2], '0')::integer,
            mins => coalesce(parts[3], '0')::integer,
            secs => coalesce(parts[4], '0')::double precision
        )
    from regexp_match(
        raw,
        '^\s*(\d{1,4}-\d{1,2}-\d{1,4})(?:[T ]\s*([01]?\d|2[0-3]):([0-5]\d)(?::([0-5]\d(?:\.\d{1,9})?))?)?\s*$'
    ) as parts
$$;
