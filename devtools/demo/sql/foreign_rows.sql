-- Rows of source tables that no demo load wrote. Grain: one row per source table that holds such rows.
-- Tables whose rows the truth names are compared key by key; of the others those that are too many count.
with loaded as (
    select counted.key as table_name, sum(counted.value::bigint) as row_count
    from demo.loads as load
    cross join lateral jsonb_each_text(load.row_counts) as counted
    group by counted.key
),

present as (
    select 'module_ct_scouts_list' as table_name, count(*) as row_count from public.module_ct_scouts_list
    union all
    select 'module_ct_cabinet_payments', count(*) from public.module_ct_cabinet_payments
    union all
    select 'module_ct_scout_drivers', count(*) from public.module_ct_scout_drivers
),

unknown_keys as (
    select 'drivers' as table_name, count(*) as row_count
    from public.drivers as driver
    where not exists (select from demo.truth_drivers as truth where truth.driver_id = driver.driver_id)
    union all
    select 'summary_daily', count(*)
    from public.summary_daily as trips
    where not exists (select from demo.truth_drivers as truth where truth.driver_id = trips.driver_id)
    union all
    select record.table_name, count(*)
    from (
        select 'module_ct_cabinet_leads' as table_name, coalesce(external_id, id::text) as source_pk
        from public.module_ct_cabinet_leads
        union all
        select 'module_ct_scouting_daily', id::text from public.module_ct_scouting_daily
        union all
        select 'module_ct_migrations', id::text from public.module_ct_migrations
    ) as record
    where not exists (
        select from demo.truth_records as truth
        where truth.source_table = record.table_name and truth.source_pk = record.source_pk
    )
    group by record.table_name
),

final as (
    select table_name, row_count from unknown_keys
    union all
    select present.table_name, present.row_count - coalesce(loaded.row_count, 0)
    from present
    left join loaded using (table_name)
)

select table_name, row_count
from final
where row_count > 0
order by table_name;
