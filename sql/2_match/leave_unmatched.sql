-- The end of unmatched records that are linked now; and those that nobody can be linked to, with the reason and
-- the candidates for a human. A record that a human set aside (IGNORED) stays so. Grain and key: (source_table,
-- source_pk).
update canon.identity_unmatched as unmatched
set status = 'RESOLVED', resolved_at = run.as_of, run_id = %(run_id)s::integer
from canon.evaluation_batch as batch
cross join ops.run_settings(%(run_id)s::integer) as run
where
    batch.source_table = unmatched.source_table
    and batch.source_pk = unmatched.source_pk
    and unmatched.status = 'OPEN'
    and exists (
        select 1 from canon.identity_links as link
        where link.source_table = unmatched.source_table and link.source_pk = unmatched.source_pk
    );

insert into canon.identity_unmatched as unmatched (
    source_table, source_pk, snapshot_date, reason_code, details, candidates_preview, status, created_at, run_id
)
select
    decision.source_table,
    decision.source_pk,
    coalesce(record.recorded_at, run.as_of),
    decision.reason_code,
    jsonb_strip_nulls(jsonb_build_object(
        'missing', case when decision.reason_code = 'MISSING_KEYS' then to_jsonb(array_remove(array[
            case when record.event_date is null then 'date' end,
            case when record.phone_norm is null then 'phone' end,
            case when record.license_norm is null then 'license' end,
            case when record.plate_norm is null then 'plate' end,
            case when record.name_norm is null then 'name' end
        ], null)) end,
        'hot_values', nullif(jsonb_strip_nulls(jsonb_build_object(
            'phone', hot_phone.value, 'license', hot_license.value, 'plate', hot_plate.value
        )), '{}'),
        'persons', case when decision.is_split then to_jsonb(decision.persons) end
    )),
    decision.candidates,
    'OPEN',
    run.as_of,
    %(run_id)s::integer
from canon.rule_outcomes as decision
inner join canon.records_index as record using (source_table, source_pk)
left join canon.hot_values as hot_phone on hot_phone.kind = 'phone' and hot_phone.value = record.phone_norm
left join canon.hot_values as hot_license on hot_license.kind = 'license' and hot_license.value = record.license_norm
left join canon.hot_values as hot_plate on hot_plate.kind = 'plate' and hot_plate.value = record.plate_norm
cross join ops.run_settings(%(run_id)s::integer) as run
where
    decision.reason_code is not null
    and not exists (
        select 1 from canon.identity_links as link
        where link.source_table = decision.source_table and link.source_pk = decision.source_pk
    )
on conflict (source_table, source_pk) do update set
    reason_code = excluded.reason_code,
    details = excluded.details,
    candidates_preview = excluded.candidates_preview,
    status = 'OPEN',
    resolved_at = null,
    run_id = excluded.run_id
where
    unmatched.status <> 'IGNORED'
    and (unmatched.reason_code, unmatched.details, unmatched.candidates_preview, unmatched.status)
    is distinct from (excluded.reason_code, excluded.details, excluded.candidates_preview, excluded.status);
