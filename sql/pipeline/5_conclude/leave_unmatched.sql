-- Records that nobody can be linked to, with the reason and the candidates for a human. A record that a human set aside
-- (IGNORED) stays so. Grain and key: (source_table, source_pk). Links are written by a step beside this one, but never
-- of these records.
create temporary table left_unmatched on commit drop as
select
    decision.source_table,
    decision.source_pk,
    coalesce(record.recorded_at, run.as_of) as snapshot_date,
    decision.reason_code,
    jsonb_strip_nulls(jsonb_build_object(
        'missing', case when decision.reason_code = 'MISSING_KEYS' then to_jsonb(array_remove(array[
            case when record.event_date is null then 'date' end,
            case when record.phone_norm is null then 'phone' end,
            case when record.license_norm is null then 'license' end,
            case when record.plate_norm is null then 'plate' end,
            case when record.name_norm is null then 'name' end
        ], null)) end,
        'shared_values', nullif(jsonb_strip_nulls(jsonb_build_object(
            'phone', hot_phone.value, 'license', hot_license.value, 'plate', hot_plate.value
        )), '{}'),
        'persons', case when decision.is_split then to_jsonb(decision.persons) end
    )) as details,
    decision.candidates,
    record.event_date,
    run.as_of,
    known.source_pk is not null as is_known
from canon.rule_outcomes as decision
inner join canon.records_index as record using (source_table, source_pk)
left join canon.identity_unmatched as known
    on known.source_table = decision.source_table and known.source_pk = decision.source_pk
left join canon.shared_values as hot_phone on hot_phone.kind = 'phone' and hot_phone.value = record.phone_norm
left join canon.shared_values as hot_license on hot_license.kind = 'license' and hot_license.value = record.license_norm
left join canon.shared_values as hot_plate on hot_plate.kind = 'plate' and hot_plate.value = record.plate_norm
cross join ops.run_settings(%(run_id)s::integer) as run
where
    decision.reason_code is not null
    and not exists (
        select 1 from canon.identity_links as link
        where link.source_table = decision.source_table and link.source_pk = decision.source_pk
    );

-- Written in two statements: an upsert looks every new row up in a random place of the index first. What is known is
-- asked before, since a table that grows while it is asked could be asked in a way that takes for ever.
update canon.identity_unmatched as unmatched
set
    reason_code = left_now.reason_code,
    details = left_now.details,
    candidates_preview = left_now.candidates,
    status = 'OPEN',
    resolved_at = null,
    run_id = %(run_id)s::integer
from left_unmatched as left_now
where
    left_now.is_known
    and unmatched.source_table = left_now.source_table
    and unmatched.source_pk = left_now.source_pk
    and unmatched.status <> 'IGNORED'
    and (unmatched.reason_code, unmatched.details, unmatched.candidates_preview, unmatched.status)
    is distinct from (left_now.reason_code, left_now.details, left_now.candidates, 'OPEN');

insert into canon.identity_unmatched (
    source_table, source_pk, snapshot_date, reason_code, details, candidates_preview, status, created_at, event_date,
    run_id
)
select
    left_now.source_table,
    left_now.source_pk,
    left_now.snapshot_date,
    left_now.reason_code,
    left_now.details,
    left_now.candidates,
    'OPEN',
    left_now.as_of,
    left_now.event_date,
    %(run_id)s::integer
from left_unmatched as left_now
where not left_now.is_known
-- in the order of three of the indexes
order by left_now.source_table, left_now.source_pk;
