-- The links that rules made, compared with the truth. Grain: one row per source table.
-- A link is right when the account that it rests on and the record are one human's. A record is findable when its human
-- holds a driver account. Links that rest on no account (persons founded by a record, human decisions) do not count.
with drivers_humans as (
    select distinct truth.human_id from demo.truth_drivers as truth
),

compared as (
    select
        record.source_table,
        link.source_pk is not null as is_linked,
        coalesce(driver.human_id = record.human_id, false) as is_right,
        record.human_id in (select drivers_humans.human_id from drivers_humans) as is_findable
    from demo.truth_records as record
    left join ops.v_identity_links as link
        on
            link.source_table = record.source_table
            and link.source_pk = record.source_pk
            and link.matched_driver_id is not null
            and link.match_rule <> 'MANUAL'
    left join demo.truth_drivers as driver on driver.driver_id = link.matched_driver_id
)

select
    compared.source_table,
    count(*) as records,
    count(*) filter (where compared.is_linked) as linked,
    count(*) filter (where compared.is_right) as right_links,
    count(*) filter (where compared.is_findable) as findable
from compared
group by compared.source_table
order by compared.source_table;
