-- Some records as they are written and as they are compared: %(source_pks)s[i] of %(source_tables)s[i].
-- Grain and key: (source_table, source_pk).
select
    record.source_table,
    record.source_pk,
    record.event_date,
    record.recorded_at,
    record.name_norm as name,
    record.phone_norm as phone,
    record.license_norm as license,
    record.plate_norm as plate,
    record.scout_id,
    record.driver_id,
    record.written
from unnest(%(source_tables)s::text[], %(source_pks)s::text[]) as asked (source_table, source_pk)
inner join ops.v_identity_records as record
    on record.source_table = asked.source_table and record.source_pk = asked.source_pk
order by record.event_date, record.source_table, record.source_pk;
