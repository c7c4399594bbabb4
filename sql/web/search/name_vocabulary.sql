-- The words that names of this fleet have, so that a mistyped word can be found by the words that are like it: those
-- that were counted, or, in a fleet too small to be counted (ADR 24), those of its first names. Grain: one word.
select counted.word
from ops.v_name_words as counted
union
select distinct word.word
from (
    select found.name_norm
    from ops.v_search_index as found
    where found.name_norm is not null and not exists (select 1 from ops.v_name_words)
    limit 50000 -- noqa: AM09
) as named
cross join lateral unnest(string_to_array(named.name_norm, ' ')) as word (word);
