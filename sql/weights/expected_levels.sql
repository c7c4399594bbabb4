-- The expectation step: how many records of the same person, of strangers and of relatives have each level.
-- `same` and `relative` count candidates that another key finds as well; `all_strangers` counts every candidate:
-- strangers who carry a value are found by nothing else. Key: (comparison, level).
select
    weighed.comparison,
    weighed.level,
    coalesce(sum(weighed.same) filter (where weighed.is_found_otherwise), 0) as same,
    coalesce(sum(weighed.relative) filter (where weighed.is_found_otherwise), 0) as relative,
    sum(weighed.stranger) as all_strangers
from canon.weighed_levels as weighed
group by weighed.comparison, weighed.level
order by weighed.comparison, weighed.level;
