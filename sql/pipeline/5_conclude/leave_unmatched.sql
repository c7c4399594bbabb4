-- Records of the batch that cannot be linked, with the reason and the candidates for review. Records that a human set
-- aside (IGNORED) are not changed. A concurrent step writes links, but never of these records, and may have
-- locked them (ADR 38): none is read here.
-- Grain and key: (source_table, source_pk). Leaves: unmatched_records_this_step. Safe to run again: equal rows are not
-- written.
create temporary table unmatched_records_this_step on commit drop as
select
    decision.source_table,
    decision.source_pk,
    coalesce(record.recorded_at, run.as_of) as snapshot_date,
    decision.reason_code,
    -- most have none: building an empty object takes as long as building a full one
    case when
        decision.reason_code = 'MISSING_KEYS' or decision.is_split or record.payload ? 'unreadable'
        or coalesce(shared_phone.value, shared_license.value, shared_plate.value) is not null
    then jsonb_strip_nulls(jsonb_build_object(
        'missing', case when decision.reason_code = 'MISSING_KEYS' then to_jsonb(array_remove(array[
            case when record.event_date is null then 'date' end,
            case when record.phone_norm is null then 'phone' end,
            case when record.license_norm is null then 'license' end,
            case when record.plate_norm is null then 'plate' end,
            case when record.name_norm is null then 'name' end
        ], null)) end,
        'unreadable', record.payload ->> 'unreadable',
        'shared_values', nullif(jsonb_strip_nulls(jsonb_build_object(
            'phone', shared_phone.value, 'license', shared_license.value, 'plate', shared_plate.value
        )), '{}'),
        'persons', case when decision.is_split then to_jsonb(decision.persons) end
    )) else '{}' end as details,
    decision.candidates,
    case when decision.candidates <> '[]' then decision.match_probability end as match_probability,
    record.event_date,
    run.as_of,
    known.source_pk is not null as is_known
from canon.rule_outcomes as decision
inner join canon.records_index as record using (source_table, source_pk)
left join canon.identity_unmatched as known using (source_table, source_pk)
left join canon.shared_values as shared_phone on shared_phone.kind = 'phone' and shared_phone.value = record.phone_norm
left join canon.shared_values as shared_license
    on shared_license.kind = 'license' and shared_license.value = record.license_norm
left join canon.shared_values as shared_plate on shared_plate.kind = 'plate' and shared_plate.value = record.plate_norm
cross join ops.run_settings(%(run_id)s::integer) as run
where decision.reason_code is not null and not decision.is_linked;

-- UPDATE then INSERT, with the existing keys read above (ADR 13).
update canon.identity_unmatched as unmatched
set
    reason_code = unmatched_now.reason_code,
    details = unmatched_now.details,
    candidates_preview = unmatched_now.candidates,
    match_probability = unmatched_now.match_probability,
    status = 'OPEN',
    resolved_at = null,
    run_id = %(run_id)s::integer
from unmatched_records_this_step as unmatched_now
where
    unmatched_now.is_known
    and unmatched.source_table = unmatched_now.source_table
    and unmatched.source_pk = unmatched_now.source_pk
    and unmatched.status <> 'IGNORED'
    and (unmatched.reason_code, unmatched.details, unmatched.candidates_preview, unmatched.status)
    is distinct from (unmatched_now.reason_code, unmatched_now.details, unmatched_now.candidates, 'OPEN');

select canon.defer_indexes('canon.identity_unmatched', (select count(*) from unmatched_records_this_step));

insert into canon.identity_unmatched (
    source_table, source_pk, snapshot_date, reason_code, details, candidates_preview, match_probability, status,
    created_at, event_date, run_id
)
select
    unmatched_now.source_table,
    unmatched_now.source_pk,
    unmatched_now.snapshot_date,
    unmatched_now.reason_code,
    unmatched_now.details,
    unmatched_now.candidates,
    unmatched_now.match_probability,
    'OPEN',
    unmatched_now.as_of,
    unmatched_now.event_date,
    %(run_id)s::integer
from unmatched_records_this_step as unmatched_now
where not unmatched_now.is_known
-- in the order of three of the indexes
order by unmatched_now.source_table, unmatched_now.source_pk;

select canon.build_deferred_indexes('canon.identity_unmatched');
