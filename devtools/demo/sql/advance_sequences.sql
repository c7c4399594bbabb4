-- Move sequences of the source tables beyond the ids that a load wrote, so that later rows get new ids.
-- May run as often as you like: a sequence never goes back. Tables without a sequence are left out.
with highest as (
    select 'module_ct_cabinet_leads' as table_name, max(id)::bigint as id from public.module_ct_cabinet_leads
    union all
    select 'module_ct_scouts_list', max(id) from public.module_ct_scouts_list
    union all
    select 'module_ct_cabinet_payments', max(id) from public.module_ct_cabinet_payments
    union all
    select 'module_ct_scout_drivers', max(id) from public.module_ct_scout_drivers
),

final as (
    select
        existing.oid::regclass as sequence_name,
        greatest(highest.id, coalesce(pg_sequence_last_value(existing.oid), 0)) as id
    from highest
    inner join pg_class as existing
        on existing.oid = to_regclass('public.' || highest.table_name || '_id_seq') and existing.relkind = 'S'
    where highest.id is not null
)

select setval(sequence_name, id) from final;
