-- Contested links: later evidence contradicts them and a human must decide; records without a link because their person
-- is split; and records whose row was overwritten with another person (REPLACED_RECORD): content_before is what the
-- record said and is linked by, content_now what its row says and has no effect yet. Both hold the values as written,
-- and name, phone, license as normalised.
-- Grain and key: (source_table, source_pk).
create or replace view ops.v_identity_contested as
select
    contested.source_table,
    contested.source_pk,
    link.match_rule,
    link.person_key,
    contested.candidates,
    contested.since,
    contested.reason_code,
    case when held.source_pk is not null then jsonb_strip_nulls(record.payload || jsonb_build_object(
        'event_date', record.event_date, 'scout_id', record.scout_id, 'name', record.name_norm,
        'phone', record.phone_norm, 'license', record.license_norm, 'plate', record.plate_norm
    )) end as content_before,
    case when held.source_pk is not null then jsonb_strip_nulls(held.payload || jsonb_build_object(
        'event_date', held.event_date, 'scout_id', held.scout_id, 'name', held.name_norm, 'phone', held.phone_norm,
        'license', held.license_norm, 'plate', held.plate_norm
    )) end as content_now
from canon.identity_contested as contested
left join canon.identity_links as link using (source_table, source_pk)
left join canon.replaced_records as held using (source_table, source_pk)
left join canon.records_index as record using (source_table, source_pk);
