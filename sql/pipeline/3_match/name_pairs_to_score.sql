-- Distinct name pairs among the candidates that have no score yet; name_a <= name_b. With a partition, only pairs whose
-- name_a is in it (canon.is_in_partition).
-- Grain and key: (name_a, name_b).
-- EXCEPT reads each set once, whatever row count the planner expects.
select
    least(candidate.record_name, candidate.driver_name) as name_a,
    greatest(candidate.record_name, candidate.driver_name) as name_b
from canon.candidates_this_run as candidate
where
    candidate.record_name is not null
    and candidate.driver_name is not null
    and canon.is_in_partition(
        least(candidate.record_name, candidate.driver_name), %(partition)s::integer, %(partitions)s::integer
    )
except
select
    score.name_a,
    score.name_b
from canon.name_scores_this_run as score;
