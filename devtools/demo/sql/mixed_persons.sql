-- How many persons hold records or accounts of more than one human, and how many persons there are: one row.
with owned as (
    select
        link.person_key,
        coalesce(driver.human_id, record.human_id) as human_id
    from ops.v_identity_links as link
    left join demo.truth_drivers as driver on link.source_table = 'drivers' and driver.driver_id = link.source_pk
    left join demo.truth_records as record
        on record.source_table = link.source_table and record.source_pk = link.source_pk
),

persons as (
    select count(distinct owned.human_id) as humans
    from owned
    group by owned.person_key
)

select
    count(*) filter (where persons.humans > 1) as mixed_persons,
    count(*) as persons
from persons;
