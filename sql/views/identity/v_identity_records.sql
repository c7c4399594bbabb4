-- Source records with their normalised keys, and as they are written. Phone, licence, plate and driver_id are indexed.
-- Grain and key: (source_table, source_pk).
create or replace view ops.v_identity_records as
select
    record.source_table,
    record.source_pk,
    record.event_date,
    record.recorded_at,
    record.name_norm,
    record.phone_norm,
    record.license_norm,
    record.plate_norm,
    record.car_fingerprint,
    record.driver_id,
    record.scout_id,
    record.origin_tag,
    record.updated_at,
    record.payload as written
from canon.records_index as record;
