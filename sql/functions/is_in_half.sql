-- Whether a key belongs to the half of all keys that a step works on: 1, 2, or NULL for all. Every key is in exactly
-- one of the two.
-- Written as a comparison of ranges, of which the planner expects a third of the rows: of an equation of computed
-- values it would expect next to none, and choose joins that take for ever.
create or replace function canon.is_in_half(key text, half integer)
returns boolean
language sql immutable parallel safe
as $$
    select half is null or (hashtextextended(key, 0) >= 0) = (half = 1)
$$;
