-- How many days after one date and up to another are expected days of the week (1 is Monday; NULL: all seven); negative
-- if the other is earlier and all days are expected.
create or replace function ops.expected_days(after date, until date, weekdays integer[])
returns integer
language sql immutable parallel safe
as $$
    select case
        when weekdays is null then until - after
        else (
            select count(*)::integer
            from generate_series(1, until - after) as passed (days)
            where extract(isodow from after + passed.days) = any(weekdays)
        )
    end
$$;
