-- Whether a row of cabinet payments names a person. Asked of the table itself, by the index that it may have: through
-- canon.source_cabinet_payments all payments would be read for one person. The column may be missing, or be a text.
-- SECURITY DEFINER: who decides needs no right on the sources. VOLATILE, and so the writer's alone
-- (ops.role_functions): readers need not learn whom a payment names.
create or replace function canon.is_named_by_cabinet_payments(person uuid)
returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    type_of_column text := (
        select format_type(kept.atttypid, null)
        from pg_attribute as kept
        where
            kept.attrelid = to_regclass('public.module_ct_cabinet_payments')
            and kept.attname = 'person_key'
            and not kept.attisdropped
    );
    is_named boolean := false;
begin
    if type_of_column is not null then
        execute format(
            'select exists (select 1 from public.module_ct_cabinet_payments where person_key = $1::text::%s)',
            type_of_column
        ) into is_named using person;
    end if;
    return is_named;
end
$$;
