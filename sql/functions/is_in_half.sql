-- Whether a key is in the half of all keys that a step processes: 1, 2, or NULL for all. Every key is in exactly one
-- half. Written as a range comparison because the planner estimates it at a third of the rows; an equality of computed
-- values would be estimated at almost none, which leads to nested loops.
create or replace function canon.is_in_half(key text, half integer)
returns boolean
language sql immutable parallel safe
as $$
    select half is null or (hashtextextended(key, 0) >= 0) = (half = 1)
$$;
