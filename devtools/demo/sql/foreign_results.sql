-- Results about records and driver accounts that no demo load wrote. Grain: one row per table that holds such rows.
with known as (
    select truth.source_table, truth.source_pk from demo.truth_records as truth
    union all
    select 'drivers', truth.driver_id from demo.truth_drivers as truth
),

final as (
    select 'canon.identity_links' as table_name, link.source_table, link.source_pk from canon.identity_links as link
    union all
    select 'canon.identity_unmatched', unmatched.source_table, unmatched.source_pk
    from canon.identity_unmatched as unmatched
    union all
    select 'observational.lead_events', event.source_table, event.source_pk from observational.lead_events as event
)

select
    final.table_name,
    count(*) as row_count
from final
where
    not exists (
        select 1 from known
        where known.source_table = final.source_table and known.source_pk = final.source_pk
    )
group by final.table_name
order by final.table_name;
