-- Whether a key is in the part of all keys that a step processes: `partition` of `partitions`, from 1; NULL: all keys.
-- Every key is in exactly one partition. Written as a range comparison, and as one alone, because the planner estimates
-- it at a third of the rows; an equality of computed values, or a range with two ends, would be estimated at almost
-- none, which leads to nested loops.
create or replace function canon.is_in_partition(key text, partition integer, partitions integer)
returns boolean
language sql immutable parallel safe
as $$
    select partition is null or abs((hashtextextended(key, 0) & 2147483647) % partitions + 1 - partition) < 1
$$;
