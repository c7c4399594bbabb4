-- Distinct pairs of names among the candidates that have no score yet, the smaller first.
select distinct
    least(record.name_norm, driver.full_name_norm) as name_a,
    greatest(record.name_norm, driver.full_name_norm) as name_b
from canon.match_candidates as candidate
inner join canon.records_index as record
    on record.source_table = candidate.source_table and record.source_pk = candidate.source_pk
inner join canon.drivers_index as driver on driver.driver_id = candidate.driver_id
where
    record.name_norm is not null
    and driver.full_name_norm is not null
    and not exists (
        select 1
        from canon.name_scores as score
        where
            score.name_a = least(record.name_norm, driver.full_name_norm)
            and score.name_b = greatest(record.name_norm, driver.full_name_norm)
    );
