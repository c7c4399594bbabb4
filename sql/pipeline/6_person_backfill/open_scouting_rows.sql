-- The open scouting rows to decide, with their keys and whether their phone or licence is a shared value. Rows of any
-- reason: NO_CANDIDATES rows may create a person, the others are audited as left to a human.
-- Grain and key: source_pk. Reads: rows_to_decide_this_step.
select
    record.source_pk,
    record.name_norm,
    record.phone_norm,
    record.license_norm,
    record.event_date,
    unmatched.reason_code,
    shared_phone.value is not null as is_phone_shared,
    shared_license.value is not null as is_license_shared
from pg_temp.rows_to_decide_this_step as wanted
inner join canon.identity_unmatched as unmatched using (source_pk)
inner join canon.records_index as record using (source_table, source_pk)
left join canon.shared_values as shared_phone on shared_phone.kind = 'phone' and shared_phone.value = record.phone_norm
left join canon.shared_values as shared_license
    on shared_license.kind = 'license' and shared_license.value = record.license_norm
where unmatched.source_table = 'module_ct_scouting_daily' and unmatched.status = 'OPEN'
order by record.event_date nulls last, record.source_pk;
