-- Distinct pairs of names among the candidates of one rule, or of all, that have no score yet, the smaller name first;
-- where a half is asked for, those whose smaller name is in it.
-- A difference of two sets takes one pass over each, however many or few the planner expects.
select
    least(candidate.record_name, candidate.driver_name) as name_a,
    greatest(candidate.record_name, candidate.driver_name) as name_b
from canon.candidates_this_run as candidate
where
    (%(rule)s::text is null or candidate.rule = %(rule)s)
    and candidate.record_name is not null
    and candidate.driver_name is not null
    and canon.is_in_half(least(candidate.record_name, candidate.driver_name), %(half)s::integer)
except
select
    score.name_a,
    score.name_b
from canon.name_scores_this_run as score;
