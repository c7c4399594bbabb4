-- A date from 2000 to 2100, else NULL: infinity and dates of other centuries are typing errors, and date arithmetic on
-- them fails.
create or replace function canon.plausible_date(raw date)
returns date
language sql immutable parallel safe
as $$
    select case when raw between date '2000-01-01' and date '2100-12-31' then raw end
$$;
