-- The day in a date_file of summary_daily (DD-MM-YYYY or YYYY-MM-DD, this century), or NULL if it holds none. Day and
-- month may have one digit, and blanks may stand around the date, non-breaking ones too: there is only one reading.
--
-- A date that does not exist (31-02-2026) gives NULL, never an error: the patterns check the length of each month and
-- leap years. A single SQL expression, so that PostgreSQL can inline it.
--
-- '05-11-2025' -> 2025-11-05    ' 2025-11-5' -> 2025-11-05    '31-02-2026' -> NULL    'ayer' -> NULL
create or replace function canon.parse_date_file(raw text)
returns date
language sql immutable parallel safe
as $$
    select case
        when raw ~ ('^[\s\u00a0\u2000-\u200b\u202f\u205f\u3000\ufeff]*'
            || '(?:(?:(?:0?[1-9]|1\d|2[0-8])-(?:0?[1-9]|1[0-2])|(?:29|30)-(?:0?[13-9]|1[0-2])'
            || '|31-(?:0?[13578]|1[02]))-20\d\d|29-0?2-20(?:[02468][048]|[13579][26]))'
            || '[\s\u00a0\u2000-\u200b\u202f\u205f\u3000\ufeff]*$')
            then make_date(
                substring(raw from '-(\d{4})')::integer,
                substring(raw from '-(\d+)-')::integer,
                substring(raw from '(\d+)-')::integer
            )
        when raw ~ ('^[\s\u00a0\u2000-\u200b\u202f\u205f\u3000\ufeff]*'
            || '(?:20\d\d-(?:(?:0?[1-9]|1[0-2])-(?:0?[1-9]|1\d|2[0-8])|(?:0?[13-9]|1[0-2])-(?:29|30)'
            || '|(?:0?[13578]|1[02])-31)|20(?:[02468][048]|[13579][26])-0?2-29)'
            || '[\s\u00a0\u2000-\u200b\u202f\u205f\u3000\ufeff]*$')
            then make_date(
                substring(raw from '(\d{4})-')::integer,
                substring(raw from '-(\d+)-')::integer,
                substring(raw from '-\d+-(\d+)')::integer
            )
    end
$$;
