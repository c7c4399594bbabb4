-- Lets the transaction that prepares an established database use the label that its jobtype lacks: one that is added
-- cannot be used before it is committed, one that is renamed can. Only in a transaction that is rolled back. A type
-- without another label to rename is left as it is. Repeatable.
do $$
declare
    unused text := (
        select label.enumlabel
        from pg_enum as label
        where label.enumtypid = to_regtype('public.jobtype') and label.enumlabel <> 'identity_run'
        order by label.enumlabel <> 'drivers_index_refresh', label.enumsortorder
        limit 1
    );
begin
    if unused is not null and not exists (
        select from pg_enum as label
        where label.enumtypid = to_regtype('public.jobtype') and label.enumlabel = 'scout_attribution_refresh'
    ) then
        execute format('alter type public.jobtype rename value %L to %L', unused, 'scout_attribution_refresh');
    end if;
end
$$;
