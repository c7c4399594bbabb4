-- Scouts; of several rows of one scout_id the active one counts, then the one changed last. The two times are read from
-- the row as JSON: some databases lack them.
-- Grain and key: scout_id.
create or replace view canon.source_scouts as
select distinct on (scout.scout_id)
    scout.scout_id::integer as scout_id,
    case when btrim(scout.raw_name) <> '' then scout.raw_name else scout.name end::varchar as raw_name,
    scout.is_active,
    (to_jsonb(scout) ->> 'created_at')::timestamp as created_at,
    (to_jsonb(scout) ->> 'updated_at')::timestamp as updated_at
from public.module_ct_scouts_list as scout
where scout.scout_id is not null
order by
    scout.scout_id,
    coalesce(scout.is_active, false) desc,
    (to_jsonb(scout) ->> 'updated_at')::timestamp desc nulls last,
    (to_jsonb(scout) ->> 'created_at')::timestamp desc nulls last,
    scout.raw_name;
