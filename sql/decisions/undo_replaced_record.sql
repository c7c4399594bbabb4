-- Undo what a decision on an overwritten row (REPLACED_RECORD) did to its record: what the row says waits again in
-- canon.replaced_records, and under the key stands what the record said before, with its event. %(kept_as)s: the key
-- under which that was kept; NULL: its content was replaced, and %(record)s and %(event)s hold it. Link, unmatched and
-- contested entries follow in undo_record.sql.
-- Grain and key: (source_table, source_pk).
insert into canon.replaced_records (
    source_table, source_pk, source_row_id, row_version, digest, event_date, recorded_at, name_norm, phone_norm,
    license_norm, plate_norm, car_fingerprint, driver_id, scout_id, origin_tag, payload, since, run_id
)
select
    record.source_table, record.source_pk, record.source_row_id, record.row_version, record.digest, record.event_date,
    record.recorded_at, record.name_norm, record.phone_norm, record.license_norm, record.plate_norm,
    record.car_fingerprint, record.driver_id, record.scout_id, record.origin_tag, record.payload,
    %(decided_at)s::timestamptz, record.run_id
from canon.records_index as record
where record.source_table = %(source_table)s and record.source_pk = %(source_pk)s
on conflict (source_table, source_pk) do nothing;

-- restored under the key from what the decision noted
delete from canon.identity_links as link
where link.source_table = %(source_table)s and link.source_pk = %(kept_as)s::text;

delete from canon.identity_unmatched as unmatched
where unmatched.source_table = %(source_table)s and unmatched.source_pk = %(kept_as)s::text;

delete from observational.lead_events as event
where %(kept_as)s::text is not null and event.source_table = %(source_table)s and event.source_pk = %(source_pk)s;

delete from canon.records_index as record
where %(kept_as)s::text is not null and record.source_table = %(source_table)s and record.source_pk = %(source_pk)s;

select canon.rekey_records(%(source_table)s, array[%(kept_as)s::text], array[%(source_pk)s::text])
where %(kept_as)s::text is not null;

update canon.records_index as record
set
    source_row_id = held.source_row_id,
    row_version = held.row_version,
    gone_since = null
from canon.replaced_records as held
where
    held.source_table = %(source_table)s
    and held.source_pk = %(source_pk)s
    and record.source_table = held.source_table
    and record.source_pk = held.source_pk;

update canon.records_index as record
set
    digest = before.digest,
    event_date = before.event_date,
    recorded_at = before.recorded_at,
    name_norm = before.name_norm,
    phone_norm = before.phone_norm,
    license_norm = before.license_norm,
    license_number = before.license_number,
    plate_norm = before.plate_norm,
    car_fingerprint = before.car_fingerprint,
    driver_id = before.driver_id,
    scout_id = before.scout_id,
    origin_tag = before.origin_tag,
    payload = before.payload
from jsonb_populate_record(null::canon.records_index, %(record)s::jsonb) as before
where
    %(kept_as)s::text is null
    and record.source_table = %(source_table)s
    and record.source_pk = %(source_pk)s;

update observational.lead_events as event
set
    event_date = before.event_date,
    scout_id = before.scout_id,
    payload_json = before.payload_json
from jsonb_populate_record(null::observational.lead_events, %(event)s::jsonb) as before
where
    %(kept_as)s::text is null
    and before.event_date is not null
    and event.source_table = %(source_table)s
    and event.source_pk = %(source_pk)s;
