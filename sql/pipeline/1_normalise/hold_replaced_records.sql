-- Hold what an overwritten row says now apart from the record that it was (canon.is_other_record), if that record is
-- linked, or set aside by a human: until a human decides, link, event and scout stay as they were (REPLACED_RECORD).
-- Grain and key: (source_table, source_pk). Reads and reduces: changed_records_this_step. Leaves:
-- held_records_this_step.
-- Safe to run again: what is held is compared with what the record said before.
create temporary table held_records_this_step on commit drop as
select changed.source_pk
from changed_records_this_step as changed
inner join canon.records_index as seen using (source_table, source_pk)
where
    canon.is_other_record(
        seen.name_norm, changed.name_norm, seen.phone_norm, changed.phone_norm, seen.license_norm,
        changed.license_norm, seen.driver_id, changed.driver_id
    )
    and (
        exists (
            select 1 from canon.identity_links as link
            where link.source_table = seen.source_table and link.source_pk = seen.source_pk
        )
        or exists (
            select 1 from canon.identity_unmatched as unmatched
            where
                unmatched.source_table = seen.source_table
                and unmatched.source_pk = seen.source_pk
                and unmatched.status = 'IGNORED'
        )
    );

-- rows: no_longer_replaced
delete from canon.replaced_records as held
where
    held.source_table = %(source_table)s
    and (
        exists (select 1 from gone_records_this_step as gone where gone.source_pk = held.source_pk)
        or exists (select 1 from changed_records_this_step as changed where changed.source_pk = held.source_pk)
    )
    and not exists (select 1 from held_records_this_step as still where still.source_pk = held.source_pk);

-- rows: replaced
insert into canon.replaced_records as held (
    source_table, source_pk, source_row_id, row_version, digest, event_date, recorded_at, name_norm, phone_norm,
    license_norm, plate_norm, car_fingerprint, driver_id, scout_id, origin_tag, payload, since, run_id
)
select
    changed.source_table, changed.source_pk, changed.source_row_id, changed.row_version, changed.digest,
    changed.event_date, changed.recorded_at, changed.name_norm, changed.phone_norm, changed.license_norm,
    changed.plate_norm, changed.car_fingerprint, changed.driver_id, changed.scout_id, changed.origin_tag,
    changed.payload, run.as_of, %(run_id)s::integer
from changed_records_this_step as changed
inner join held_records_this_step as replaced using (source_pk)
cross join ops.run_settings(%(run_id)s::integer) as run
on conflict (source_table, source_pk) do update set
    source_row_id = excluded.source_row_id,
    row_version = excluded.row_version,
    digest = excluded.digest,
    event_date = excluded.event_date,
    recorded_at = excluded.recorded_at,
    name_norm = excluded.name_norm,
    phone_norm = excluded.phone_norm,
    license_norm = excluded.license_norm,
    plate_norm = excluded.plate_norm,
    car_fingerprint = excluded.car_fingerprint,
    driver_id = excluded.driver_id,
    scout_id = excluded.scout_id,
    origin_tag = excluded.origin_tag,
    payload = excluded.payload,
    run_id = excluded.run_id
where held.row_version is distinct from excluded.row_version or held.digest is distinct from excluded.digest;

-- the row has been read; what the record said stays
update canon.records_index as seen
set source_row_id = changed.source_row_id, row_version = changed.row_version, gone_since = null
from changed_records_this_step as changed
inner join held_records_this_step as replaced using (source_pk)
where
    seen.source_table = changed.source_table
    and seen.source_pk = changed.source_pk
    and (seen.source_row_id, seen.row_version, seen.gone_since)
    is distinct from (changed.source_row_id, changed.row_version, null);

delete from changed_records_this_step as changed
using held_records_this_step as replaced
where changed.source_pk = replaced.source_pk;

analyze changed_records_this_step (source_table, source_pk);
