-- The normalised rows of leads and scouting rows, as linking reads them. Grain: one row per record that is linked by
-- rules, in a comparison with other programs.
select
    record.source_table || '|' || record.source_pk as unique_id,
    record.name_norm as name,
    record.phone_norm as phone,
    record.license_norm as license,
    record.license_number,
    record.plate_norm as plate,
    record.car_fingerprint as car,
    record.event_date as day
from canon.records_index as record
where record.source_table in ('module_ct_cabinet_leads', 'module_ct_scouting_daily') and record.gone_since is null
