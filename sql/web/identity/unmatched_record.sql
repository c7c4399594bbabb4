-- A record that was left without a person, with what it carries; no row: there is no such record.
select
    unmatched.*,
    record.name_norm as name,
    record.phone_norm as phone,
    record.license_norm as license,
    record.plate_norm as plate,
    record.scout_id
from ops.v_identity_unmatched as unmatched
left join ops.v_identity_records as record using (source_table, source_pk)
where unmatched.source_table = %(source_table)s::text and unmatched.source_pk = %(source_pk)s::text;
