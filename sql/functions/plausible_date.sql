-- A date that an operator could have meant, else NULL: infinity and dates of another century are typing errors,
-- and date arithmetic on them fails.
create or replace function canon.plausible_date(raw date)
returns date
language sql immutable parallel safe
as $$
    select case when raw between date '2000-01-01' and date '2100-12-31' then raw end
$$;
