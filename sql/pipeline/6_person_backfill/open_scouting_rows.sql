-- The open scouting rows of pg_temp.rows_to_decide: those for which nobody was found and that may found a person, and
-- those that a machine must leave to a human. Grain and key: source_pk.
select
    record.source_pk,
    record.name_norm,
    record.phone_norm,
    record.license_norm,
    record.event_date,
    unmatched.reason_code,
    hot_phone.value is not null as is_phone_shared,
    hot_license.value is not null as is_license_shared
from pg_temp.rows_to_decide as wanted
inner join canon.identity_unmatched as unmatched
    on unmatched.source_table = 'module_ct_scouting_daily' and unmatched.source_pk = wanted.source_pk
inner join canon.records_index as record
    on record.source_table = unmatched.source_table and record.source_pk = unmatched.source_pk
left join canon.shared_values as hot_phone on hot_phone.kind = 'phone' and hot_phone.value = record.phone_norm
left join canon.shared_values as hot_license on hot_license.kind = 'license' and hot_license.value = record.license_norm
where unmatched.status = 'OPEN'
order by record.event_date nulls last, record.source_pk;
