-- Steps process partitions of the keys instead of halves (canon.is_in_partition). No table or row changes.
drop function if exists canon.is_in_half(text, integer);
