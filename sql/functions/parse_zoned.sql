-- A date and time with an offset in ISO notation, as loaders write it into text; NULL: anything else, and days and
-- times that do not exist.
--
-- '2026-10-30T04:30:00Z' and '2026-10-29 23:30-05' are the same moment.
create or replace function canon.parse_zoned(raw text)
returns timestamptz
language sql immutable parallel safe
as $$
    select
        (
            canon.parse_unzoned(parts[1])
            - case when left(parts[2], 1) = '-' then -1 else 1 end
            * make_interval(
                hours => coalesce(substring(parts[2] from '^[+-](\d\d)'), '0')::integer,
                mins => coalesce(substring(parts[2] from '^[+-]\d\d:?(\d\d)'), '0')::integer
            )
        ) at time zone 'UTC'
    from regexp_match(raw, '^(.*\d:\d\d[\d:.]*)\s*(Z|z|UTC|[+-](?:0\d|1[0-5])(?::?[0-5]\d)?)\s*$') as parts
$$;
