-- A record that waits for a human: left without a person, or contested (status CONTESTED), with what it carries; of an
-- overwritten row that is what the row says now, and the columns before_… what it said. No row: nothing waits.
select
    asked.source_table,
    asked.source_pk,
    coalesce(contested.reason_code, unmatched.reason_code) as reason_code,
    case when contested.source_pk is not null then 'CONTESTED' else unmatched.status::text end as status,
    unmatched.details,
    coalesce(contested.candidates, unmatched.candidates_preview) as candidates_preview,
    coalesce(unmatched.snapshot_date, contested.since) as snapshot_date,
    coalesce(contested.since, unmatched.created_at) as created_at,
    unmatched.resolved_at,
    unmatched.run_id,
    case
        when contested.source_pk is null then unmatched.match_probability
        else (contested.candidates #>> '{0,probability}')::double precision
    end as match_probability,
    now_says.event_date,
    now_says.name,
    now_says.phone,
    now_says.license,
    now_says.plate,
    now_says.scout_id,
    contested.person_key,
    contested.content_before ->> 'name' as before_name,
    contested.content_before ->> 'phone' as before_phone,
    contested.content_before ->> 'license' as before_license,
    (contested.content_before ->> 'event_date')::date as before_date,
    (contested.content_before ->> 'scout_id')::integer as before_scout_id
from (values (%(source_table)s::text, %(source_pk)s::text)) as asked (source_table, source_pk)
left join ops.v_identity_unmatched as unmatched using (source_table, source_pk)
left join ops.v_identity_contested as contested using (source_table, source_pk)
left join ops.v_identity_records as record using (source_table, source_pk)
cross join lateral (
    select
        record.event_date,
        record.name_norm as name,
        record.phone_norm as phone,
        record.license_norm as license,
        record.plate_norm as plate,
        record.scout_id
    where contested.content_now is null
    union all
    select
        (contested.content_now ->> 'event_date')::date,
        contested.content_now ->> 'name',
        contested.content_now ->> 'phone',
        contested.content_now ->> 'license',
        contested.content_now ->> 'plate',
        (contested.content_now ->> 'scout_id')::integer
    where contested.content_now is not null
) as now_says
where unmatched.source_pk is not null or contested.source_pk is not null;
