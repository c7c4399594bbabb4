-- Write changed records into canon.records_index, and queue those that say something else in canon.evaluation_queue in
-- the same transaction, so that a crash loses none. A record whose row was only written again, or stands under another
-- key, is not evaluated again.
-- Grain and key: (source_table, source_pk). Reads: changed_records_this_step. Leaves: edited_records_this_step,
-- queued_records_this_step.
-- Safe to run again: equal rows are not written.
create temporary table edited_records_this_step on commit drop as
select
    changed.source_pk,
    seen.source_pk is not null as is_known
from changed_records_this_step as changed
left join canon.records_index as seen using (source_table, source_pk)
where
    seen.source_pk is null
    or seen.gone_since is not null
    or (
        seen.event_date, seen.recorded_at, seen.name_norm, seen.phone_norm, seen.license_norm, seen.plate_norm,
        seen.car_fingerprint, seen.driver_id, seen.scout_id, seen.origin_tag, seen.payload
    ) is distinct from (
        changed.event_date, changed.recorded_at, changed.name_norm, changed.phone_norm, changed.license_norm,
        changed.plate_norm, changed.car_fingerprint, changed.driver_id, changed.scout_id, changed.origin_tag,
        changed.payload
    );

analyze edited_records_this_step;

-- Read existing keys into a temp table first: anti-joining an INSERT with its own target can degrade to a nested loop
-- (ADR 13). No other session writes these rows, so the INSERT needs no ON CONFLICT.
create temporary table queued_records_this_step on commit drop as
select queued.source_pk
from canon.evaluation_queue as queued
where queued.source_table = %(source_table)s;

analyze queued_records_this_step;

insert into canon.evaluation_queue (source_table, source_pk)
select
    %(source_table)s::text,
    edited.source_pk
from edited_records_this_step as edited
where not exists (select 1 from queued_records_this_step as queued where queued.source_pk = edited.source_pk)
-- in the order of the key: a third of the time
order by edited.source_pk;

analyze canon.evaluation_queue;

-- Values that a record no longer carries are counted again; its new values are found through evaluation_queue.
insert into canon.dirty_keys (kind, value, cause)
select distinct
    carried.kind,
    carried.value,
    'given_up'
from changed_records_this_step as changed
inner join canon.records_index as seen using (source_table, source_pk)
cross join lateral (
    values
    ('phone', seen.phone_norm, changed.phone_norm),
    ('license', seen.license_norm, changed.license_norm),
    ('plate', seen.plate_norm, changed.plate_norm)
) as carried (kind, value, new_value)
where
    carried.value is not null
    and (carried.value is distinct from carried.new_value or seen.name_norm is distinct from changed.name_norm)
-- a fixed order, so that concurrent steps cannot deadlock
order by carried.kind, carried.value
on conflict do nothing;

-- UPDATE then INSERT: ON CONFLICT probes the index in random order (ADR 13).
update canon.records_index as seen
set
    source_row_id = changed.source_row_id,
    row_version = changed.row_version,
    digest = changed.digest,
    gone_since = null,
    event_date = changed.event_date,
    recorded_at = changed.recorded_at,
    name_norm = changed.name_norm,
    phone_norm = changed.phone_norm,
    license_norm = changed.license_norm,
    license_number = changed.license_number,
    plate_norm = changed.plate_norm,
    car_fingerprint = changed.car_fingerprint,
    driver_id = changed.driver_id,
    scout_id = changed.scout_id,
    withdrawn_scout_ids = case
        when seen.scout_id is not null and seen.scout_id is distinct from changed.scout_id
            then array_remove(seen.withdrawn_scout_ids, seen.scout_id) || seen.scout_id
        else seen.withdrawn_scout_ids
    end,
    origin_tag = changed.origin_tag,
    payload = changed.payload,
    updated_at = run.as_of,
    run_id = %(run_id)s::integer
from changed_records_this_step as changed
cross join ops.run_settings(%(run_id)s::integer) as run
where
    seen.source_table = changed.source_table
    and seen.source_pk = changed.source_pk
    and (
        seen.source_row_id, seen.row_version, seen.digest, seen.gone_since, seen.event_date, seen.recorded_at,
        seen.name_norm, seen.phone_norm, seen.license_norm, seen.license_number, seen.plate_norm,
        seen.car_fingerprint, seen.driver_id, seen.scout_id, seen.origin_tag, seen.payload
    ) is distinct from (
        changed.source_row_id, changed.row_version, changed.digest, null, changed.event_date, changed.recorded_at,
        changed.name_norm, changed.phone_norm, changed.license_norm, changed.license_number, changed.plate_norm,
        changed.car_fingerprint, changed.driver_id, changed.scout_id, changed.origin_tag, changed.payload
    );

insert into canon.records_index (
    source_table, source_pk, source_row_id, row_version, digest, event_date, recorded_at, name_norm, phone_norm,
    license_norm, license_number, plate_norm, car_fingerprint, driver_id, scout_id, origin_tag, payload, created_at,
    updated_at, run_id
)
select
    changed.source_table, changed.source_pk, changed.source_row_id, changed.row_version, changed.digest,
    changed.event_date, changed.recorded_at, changed.name_norm, changed.phone_norm, changed.license_norm,
    changed.license_number, changed.plate_norm, changed.car_fingerprint, changed.driver_id, changed.scout_id,
    changed.origin_tag, changed.payload, run.as_of, run.as_of, %(run_id)s::integer
from changed_records_this_step as changed
inner join edited_records_this_step as edited using (source_pk)
cross join ops.run_settings(%(run_id)s::integer) as run
where not edited.is_known
order by changed.source_pk;

-- only columns used in joins and filters: sampling the JSON column costs more than all of them
analyze canon.records_index (
    source_table, source_pk, source_row_id, event_date, name_norm, phone_norm, license_norm, plate_norm,
    car_fingerprint, driver_id
);
