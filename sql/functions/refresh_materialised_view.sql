-- Refreshes a materialised view with the right of the owner of our objects. SECURITY DEFINER: before PostgreSQL 17 the
-- right to refresh cannot be given, and the user of the pipelines is no member of the owner. The schema public is
-- searched last, for views of others that call its functions by their bare names.
create or replace function ops.refresh_materialised_view(schema_name text, view_name text, is_concurrent boolean)
returns void
language plpgsql security definer
set search_path = pg_catalog, public, pg_temp
as $$
begin
    execute format(
        'refresh materialized view %s %I.%I', case when is_concurrent then 'concurrently' else '' end,
        schema_name, view_name
    );
end
$$;
