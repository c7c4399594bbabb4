-- Records and driver accounts whose names have these words: a text search query over the words, made by the program.
-- Grain: one record or account. Follows the index of words and ends at the limit.
select
    found.source_table,
    found.source_pk,
    found.name_norm as name
from ops.v_search_index as found
where found.search_terms @@ %(words)s::tsquery
limit %(most)s::integer; -- noqa: AM09
