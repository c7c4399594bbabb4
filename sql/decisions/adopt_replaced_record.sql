-- What an overwritten row says now (canon.replaced_records) is what its record says, by a human's decision: in the
-- index and in the event, whose scout follows, audited. An event is written if there is none; its person is that of
-- the link.
-- Grain and key: (source_table, source_pk).
insert into canon.records_index as record (
    source_table, source_pk, source_row_id, row_version, digest, event_date, recorded_at, name_norm, phone_norm,
    license_norm, license_number, plate_norm, car_fingerprint, driver_id, scout_id, origin_tag, payload, created_at,
    updated_at, run_id
)
select
    held.source_table, held.source_pk, held.source_row_id, held.row_version, held.digest, held.event_date,
    held.recorded_at, held.name_norm, held.phone_norm, held.license_norm,
    canon.license_document(held.license_norm, run.country), held.plate_norm, held.car_fingerprint, held.driver_id,
    held.scout_id, held.origin_tag, held.payload, %(decided_at)s::timestamptz, %(decided_at)s::timestamptz, held.run_id
from canon.replaced_records as held
cross join lateral ops.run_settings(held.run_id) as run
where held.source_table = %(source_table)s and held.source_pk = %(source_pk)s
on conflict (source_table, source_pk) do update set
    source_row_id = excluded.source_row_id,
    row_version = excluded.row_version,
    digest = excluded.digest,
    gone_since = null,
    event_date = excluded.event_date,
    recorded_at = excluded.recorded_at,
    name_norm = excluded.name_norm,
    phone_norm = excluded.phone_norm,
    license_norm = excluded.license_norm,
    license_number = excluded.license_number,
    plate_norm = excluded.plate_norm,
    car_fingerprint = excluded.car_fingerprint,
    driver_id = excluded.driver_id,
    scout_id = excluded.scout_id,
    origin_tag = excluded.origin_tag,
    payload = excluded.payload,
    updated_at = excluded.updated_at;

insert into ops.lead_events_scout_backfill_audit (
    source_table, source_pk, person_key, old_scout_id, new_scout_id, mapping_method, mapping_confidence, evidence_json,
    action_type, backfill_timestamp, notes
)
select
    event.source_table,
    event.source_pk,
    event.person_key,
    event.scout_id,
    held.scout_id,
    'MANUAL',
    'high',
    '{"rule": "REPLACED_RECORD"}',
    'UPDATED',
    %(decided_at)s::timestamptz,
    %(notes)s
from canon.replaced_records as held
inner join observational.lead_events as event using (source_table, source_pk)
where
    held.source_table = %(source_table)s
    and held.source_pk = %(source_pk)s
    and event.scout_id is distinct from held.scout_id;

update observational.lead_events as event
set
    event_date = coalesce(held.event_date, event.event_date),
    scout_id = held.scout_id,
    payload_json = coalesce(event.payload_json, '{}') || held.payload
from canon.replaced_records as held
where
    held.source_table = %(source_table)s
    and held.source_pk = %(source_pk)s
    and event.source_table = held.source_table
    and event.source_pk = held.source_pk;

insert into observational.lead_events (source_table, source_pk, event_date, scout_id, payload_json, created_at)
select
    held.source_table,
    held.source_pk,
    held.event_date,
    held.scout_id,
    held.payload,
    %(decided_at)s::timestamptz
from canon.replaced_records as held
where
    held.source_table = %(source_table)s and held.source_pk = %(source_pk)s and held.event_date is not null
on conflict (source_table, source_pk) do nothing;

delete from canon.replaced_records as held
where held.source_table = %(source_table)s and held.source_pk = %(source_pk)s;
