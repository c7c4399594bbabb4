-- Records whose driver exists and that no rule linked: per reason, and for how many a human is shown the right driver
-- among the candidates. Grain and key: reason_code.
with missed as (
    select
        unmatched.reason_code,
        exists(
            select 1
            from jsonb_array_elements(unmatched.candidates_preview) as candidate
            inner join demo.truth_drivers as driver on driver.driver_id = candidate ->> 'driver_id'
            where driver.human_id = record.human_id
        ) as is_offered
    from demo.truth_records as record
    inner join ops.v_identity_unmatched as unmatched
        on unmatched.source_table = record.source_table and unmatched.source_pk = record.source_pk
    where
        unmatched.status <> 'RESOLVED'
        and record.human_id in (select driver.human_id from demo.truth_drivers as driver)
)

select
    missed.reason_code,
    count(*) as records,
    count(*) filter (where missed.is_offered) as offered
from missed
group by missed.reason_code
order by records desc, missed.reason_code;
