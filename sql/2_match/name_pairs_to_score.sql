-- Distinct pairs of names among the candidates of one rule, or of all, that have no score yet, the smaller first.
with pairs as (
    select distinct
        least(candidate.record_name, candidate.driver_name) as name_a,
        greatest(candidate.record_name, candidate.driver_name) as name_b
    from canon.match_candidates as candidate
    where
        (%(rule)s::text is null or candidate.rule = %(rule)s)
        and candidate.record_name is not null
        and candidate.driver_name is not null
)

select
    pairs.name_a,
    pairs.name_b
from pairs
where not exists (
    select 1 from canon.name_scores as score where score.name_a = pairs.name_a and score.name_b = pairs.name_b
);
