-- Source records that are new or changed in the source, normalised into canon.records_index. Changed records go to
-- canon.evaluation_queue in the same transaction, so that a crash loses none. When two source rows claim one source_pk,
-- the row that carries the key itself wins, then the lower id. Only source chunks whose digest changed are compared row
-- by row.
-- Grain and key: (source_table, source_pk). Leaves: changed_records_this_step.
-- Safe to run again: a row is read again only when its row version differs.
select canon.compare_source_chunks(%(source_table)s, %(run_id)s::integer);

create temporary table changed_records_this_step on commit drop as
-- The expensive normalisation reads only the source row, so that the scan can run in parallel.
with normalised as (
    select
        source.source_table,
        source.source_pk,
        source.row_id as source_row_id,
        source.row_version,
        source.has_own_key,
        canon.plausible_date(source.event_date) as event_date,
        case
            when canon.plausible_date(source.event_date) is not null then source.recorded_at at time zone run.timezone
        end as recorded_at,
        canon.normalise_name(source.name) as name_norm,
        canon.normalise_phone(source.phone, run.country) as phone_norm,
        canon.normalise_license(source.license) as license_norm,
        canon.normalise_plate(source.plate) as plate_norm,
        left(trim(source.car_model), 200) as car_model,
        nullif(left(trim(source.driver_id), 200), '')::varchar as driver_id,
        source.scout_id,
        source.origin_tag,
        jsonb_strip_nulls(jsonb_object(array[
            'origin_tag', source.origin_tag,
            'driver_name', nullif(left(source.name, 200), ''),
            'driver_phone', left(source.phone, 100),
            'driver_license', left(source.license, 100),
            'plate', left(source.plate, 100),
            'car_model', left(source.car_model, 100),
            'driver_id', left(source.driver_id, 100),
            'acquisition_method', left(source.acquisition_method, 100),
            'scout_name', left(source.scout_name, 100)
        ])) as payload,
        run.as_of
    from canon.source_records as source
    left join canon.records_index as seen
        on
            seen.source_table = source.source_table
            and seen.source_row_id = source.row_id
            and seen.source_pk = source.source_pk
    cross join ops.run_settings(%(run_id)s::integer) as run
    where
        source.source_table = %(source_table)s
        and get_bit((select canon.changed_source_chunks(%(source_table)s)), canon.chunk_of_row(source.row_id)) > 0
        and (seen.row_version is distinct from source.row_version or not run.is_incremental)
        and (
            select scope.source_tables is null or %(source_table)s = any(scope.source_tables)
            from ops.run_settings(%(run_id)s::integer) as scope
        )
        and (run.scope_date_from is null or source.event_date >= run.scope_date_from)
        and (run.scope_date_to is null or source.event_date <= run.scope_date_to)
),

-- Normalise each distinct car model once: there are few.
cars as materialized (
    select
        model.car_model,
        canon.car_fingerprint(null, model.car_model) as car_fingerprint
    from (
        select distinct normalised.car_model from normalised
    ) as model
),

final as (
    select
        normalised.*,
        cars.car_fingerprint,
        known.source_pk is not null as is_known,
        row_number() over (
            partition by normalised.source_pk order by normalised.has_own_key desc, normalised.source_row_id
        ) as claim_rank
    from normalised
    left join cars on cars.car_model = normalised.car_model
    left join canon.records_index as known using (source_table, source_pk)
)

select final.*
from final
order by final.source_pk;

-- Rows that lose their source_pk to another row are left out. Their chunks are compared again in each run, because the
-- other row may be deleted.
with lost as (
    delete from changed_records_this_step as changed
    where
        changed.claim_rank > 1
        or exists (
            select 1
            from canon.records_index as holder
            inner join canon.source_records as source
                on
                    source.source_table = holder.source_table
                    and source.row_id = holder.source_row_id
                    and source.source_pk = holder.source_pk
            where
                holder.source_table = changed.source_table
                and holder.source_pk = changed.source_pk
                and holder.source_row_id <> changed.source_row_id
                and (not source.has_own_key, source.row_id) < (not changed.has_own_key, changed.source_row_id)
        )
    returning changed.source_row_id
)

select canon.record_source_chunk_digests(
    %(source_table)s,
    %(run_id)s::integer,
    array(select distinct canon.chunk_of_row(lost.source_row_id) from lost)
);

analyze changed_records_this_step (source_table, source_pk, source_row_id, is_known);

-- Read existing keys into a temp table first: anti-joining an INSERT with its own target can degrade to a nested loop
-- (ADR 13). No other session writes these rows, so the INSERT needs no ON CONFLICT.
create temporary table queued_records_this_step on commit drop as
select queued.source_pk
from canon.evaluation_queue as queued
where queued.source_table = %(source_table)s;

analyze queued_records_this_step;

insert into canon.evaluation_queue (source_table, source_pk)
select
    changed.source_table,
    changed.source_pk
from changed_records_this_step as changed
where not exists (select 1 from queued_records_this_step as queued where queued.source_pk = changed.source_pk);

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
    changed.is_known
    and carried.value is not null
    and (carried.value is distinct from carried.new_value or seen.name_norm is distinct from changed.name_norm)
-- a fixed order, so that concurrent steps cannot deadlock
order by carried.kind, carried.value
on conflict do nothing;

-- UPDATE then INSERT: ON CONFLICT probes the index in random order (ADR 13).
update canon.records_index as seen
set
    source_row_id = changed.source_row_id,
    row_version = changed.row_version,
    event_date = changed.event_date,
    recorded_at = changed.recorded_at,
    name_norm = changed.name_norm,
    phone_norm = changed.phone_norm,
    license_norm = changed.license_norm,
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
    updated_at = changed.as_of,
    run_id = %(run_id)s::integer
from changed_records_this_step as changed
where
    changed.is_known
    and seen.source_table = changed.source_table
    and seen.source_pk = changed.source_pk
    and (
        seen.source_row_id, seen.row_version, seen.event_date, seen.recorded_at, seen.name_norm, seen.phone_norm,
        seen.license_norm, seen.plate_norm, seen.car_fingerprint, seen.driver_id, seen.scout_id, seen.origin_tag,
        seen.payload
    ) is distinct from (
        changed.source_row_id, changed.row_version, changed.event_date, changed.recorded_at, changed.name_norm,
        changed.phone_norm, changed.license_norm, changed.plate_norm, changed.car_fingerprint, changed.driver_id,
        changed.scout_id, changed.origin_tag, changed.payload
    );

insert into canon.records_index (
    source_table, source_pk, source_row_id, row_version, event_date, recorded_at, name_norm, phone_norm, license_norm,
    plate_norm, car_fingerprint, driver_id, scout_id, origin_tag, payload, created_at, updated_at, run_id
)
select
    changed.source_table, changed.source_pk, changed.source_row_id, changed.row_version, changed.event_date,
    changed.recorded_at, changed.name_norm, changed.phone_norm, changed.license_norm, changed.plate_norm,
    changed.car_fingerprint, changed.driver_id, changed.scout_id, changed.origin_tag, changed.payload,
    changed.as_of, changed.as_of, %(run_id)s::integer
from changed_records_this_step as changed
where not changed.is_known;

-- only columns used in joins and filters: sampling the JSON column costs more than all of them
analyze canon.records_index (
    source_table, source_pk, source_row_id, event_date, name_norm, phone_norm, license_norm, plate_norm,
    car_fingerprint, driver_id
);
