-- Scouts; of several rows of one scout_id the active one counts, then the one changed last. SECURITY DEFINER: readers
-- of views have no right on the source, and see no more of it than this.
-- Grain and key: scout_id.
create or replace function canon.read_module_ct_scouts_list_current()
returns table (scout_id integer, raw_name varchar, is_active boolean, created_at timestamp, updated_at timestamp)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select distinct on (scout.scout_id)
        scout.scout_id,
        case when btrim(scout.raw_name) <> '' then scout.raw_name else scout.name end::varchar as raw_name,
        scout.is_active,
        scout.created_at,
        scout.updated_at
    from canon.read_module_ct_scouts_list() as scout
    where scout.scout_id is not null
    order by
        scout.scout_id,
        coalesce(scout.is_active, false) desc,
        scout.updated_at desc nulls last,
        scout.created_at desc nulls last,
        scout.raw_name
$$;
