-- Distinct pairs of names among the candidates that have no score yet, the smaller first.
with pairs as (
    select distinct
        least(record.name_norm, coalesce(driver.full_name_norm, candidate.person_name)) as name_a,
        greatest(record.name_norm, coalesce(driver.full_name_norm, candidate.person_name)) as name_b
    from canon.match_candidates as candidate
    inner join canon.records_index as record
        on record.source_table = candidate.source_table and record.source_pk = candidate.source_pk
    left join canon.drivers_index as driver on driver.driver_id = candidate.driver_id
    where
        record.name_norm is not null
        and coalesce(driver.full_name_norm, candidate.person_name) is not null
)

select
    pairs.name_a,
    pairs.name_b
from pairs
where not exists (
    select 1 from canon.name_scores as score where score.name_a = pairs.name_a and score.name_b = pairs.name_b
);
