-- Open or ignored records without a person among those that a search found. Grain: one record, with its position in the
-- arrays.
select
    unmatched.*,
    record.name_norm as name,
    record.phone_norm as phone,
    record.license_norm as license,
    record.plate_norm as plate,
    record.scout_id,
    array[hit.position] as positions
from unnest(%(source_tables)s::text[], %(source_pks)s::text[]) with ordinality
    as hit (source_table, source_pk, position)
inner join ops.v_identity_unmatched as unmatched
    on unmatched.source_table = hit.source_table::varchar and unmatched.source_pk = hit.source_pk::varchar
left join ops.v_identity_records as record
    on record.source_table = hit.source_table::varchar and record.source_pk = hit.source_pk::varchar
where unmatched.status in ('OPEN', 'IGNORED')
order by unmatched.created_at desc, unmatched.source_table, unmatched.source_pk;
