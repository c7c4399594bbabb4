-- Records and links of the sample under the weights in force and under those that are tried. One row.
select
    count(*) filter (where outcome.weights = 'after')::integer as records,
    count(*) filter (where outcome.weights = 'before' and outcome.is_linked)::integer as links_before,
    count(*) filter (where outcome.weights = 'after' and outcome.is_linked)::integer as links_after,
    count(*) filter (where outcome.weights = 'before' and outcome.is_contested)::integer as contested_before,
    count(*) filter (where outcome.weights = 'after' and outcome.is_contested)::integer as contested_after
from pg_temp.remembered_outcomes as outcome;
