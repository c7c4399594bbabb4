-- A record that was left without a person, with what it carries; no row: there is no such record.
select
    unmatched.source_table,
    unmatched.source_pk,
    unmatched.reason_code,
    unmatched.status::text as status,
    record.event_date,
    record.name_norm as name,
    record.phone_norm as phone,
    record.license_norm as license,
    record.plate_norm as plate,
    record.scout_id,
    unmatched.details,
    unmatched.candidates_preview,
    unmatched.snapshot_date,
    unmatched.created_at,
    unmatched.resolved_at,
    unmatched.run_id
from ops.v_identity_unmatched as unmatched
left join ops.v_identity_records as record using (source_table, source_pk)
where unmatched.source_table = %(source_table)s::text and unmatched.source_pk = %(source_pk)s::text;
