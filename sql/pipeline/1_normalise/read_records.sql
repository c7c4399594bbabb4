-- Read the source rows that are new or changed, normalised. When two source rows claim one source_pk, the row that
-- carries the key itself wins, then the lower id. Only source chunks whose digest changed are compared row by row.
-- Grain and key: (source_table, source_pk). Leaves: changed_records_this_step, held_keys_this_step, and
-- unread_chunks_this_step (chunks with rows that lost their key to another row: compared again in each run, because the
-- other row may be deleted).
-- Safe to run again: a row is read again only when its row version differs, or the table was replaced.
select canon.compare_source_chunks(%(source_table)s, %(run_id)s::integer);

-- One kind of value at a time, here and in the next two statements: a session keeps 32 compiled regular expressions,
-- and all kinds need more together. Row by row they would be compiled over and over, which takes twice as long as all
-- the rest.
create temporary table source_rows_this_step on commit drop as
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
    run.country,
    canon.normalise_name(source.name) as name_norm,
    source.phone,
    source.license,
    source.plate,
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
        'scout_name', left(source.scout_name, 100),
        'unreadable', nullif(array_to_string(source.unreadable, ', '), '')
    ])) as payload
from canon.source_records as source
-- OFFSET 0: each row is looked up by its key. How few rows there are is not known when this is planned, and a hash join
-- reads the whole index for them.
left join lateral (
    select known.row_version
    from canon.records_index as known
    where
        known.source_table = source.source_table
        and known.source_pk = source.source_pk
        and known.source_row_id = source.row_id
    offset 0 -- noqa: AM09
) as seen on true
cross join ops.run_settings(%(run_id)s::integer) as run
where
    source.source_table = %(source_table)s
    and get_bit((select canon.changed_source_chunks(%(source_table)s)), canon.chunk_of_row(source.row_id)) > 0
    and (
        seen.row_version is distinct from source.row_version
        or not run.is_incremental
        or (select canon.is_source_replaced(%(source_table)s))
    )
    and (
        select scope.source_tables is null or %(source_table)s = any(scope.source_tables)
        from ops.run_settings(%(run_id)s::integer) as scope
    )
    and (run.scope_date_from is null or source.event_date >= run.scope_date_from)
    and (run.scope_date_to is null or source.event_date <= run.scope_date_to);

create temporary table phones_this_step on commit drop as
select
    source_row_id,
    canon.phone_key(phone, country) as phone_norm
from source_rows_this_step;

analyze source_rows_this_step (source_row_id, car_model);

analyze phones_this_step (source_row_id);

create temporary table changed_records_this_step on commit drop as
-- Normalise each distinct car model once: there are few.
with cars as materialized (
    select
        model.car_model,
        canon.car_fingerprint(null, model.car_model) as car_fingerprint
    from (
        select distinct source.car_model from source_rows_this_step as source
    ) as model
),

-- OFFSET 0: each value is normalised once, however often it is used.
keys as (
    select
        source.*,
        phones.phone_norm,
        canon.normalise_license(source.license) as license_norm,
        canon.normalise_plate(source.plate) as plate_norm
    from source_rows_this_step as source
    inner join phones_this_step as phones using (source_row_id)
    offset 0 -- noqa: AM09
)

select
    keys.source_table,
    keys.source_pk,
    keys.source_row_id,
    keys.row_version,
    keys.event_date,
    keys.recorded_at,
    keys.name_norm,
    keys.phone_norm,
    keys.license_norm,
    canon.license_document(keys.license_norm, keys.country) as license_number,
    keys.plate_norm,
    cars.car_fingerprint,
    keys.driver_id,
    keys.scout_id,
    keys.origin_tag,
    keys.payload,
    keys.has_own_key,
    row_number() over (
        partition by keys.source_pk order by keys.has_own_key desc, keys.source_row_id
    ) as claim_rank,
    canon.record_digest(
        keys.name_norm, keys.phone_norm, keys.license_norm, keys.plate_norm, keys.driver_id,
        keys.event_date
    ) as digest
from keys
left join cars on cars.car_model = keys.car_model
order by keys.source_pk;

analyze changed_records_this_step (source_table, source_pk, source_row_id);

-- Keys that another row had before. Read apart from the source: other steps write the index at the same time, and what
-- the planner expects of it then may be wrong.
create temporary table held_keys_this_step on commit drop as
select
    changed.source_pk,
    changed.source_row_id,
    changed.has_own_key,
    holder.source_row_id as holder_row_id
from changed_records_this_step as changed
inner join canon.records_index as holder using (source_table, source_pk)
where holder.source_row_id <> changed.source_row_id;

analyze held_keys_this_step;

create temporary table unread_chunks_this_step (chunk bigint not null) on commit drop;

with lost as (
    delete from changed_records_this_step as changed
    where
        changed.claim_rank > 1
        or (changed.source_pk, changed.source_row_id) in (
            select
                held.source_pk,
                held.source_row_id
            from held_keys_this_step as held
            inner join canon.source_records as source
                on source.row_id = held.holder_row_id and source.source_pk = held.source_pk
            where
                source.source_table = %(source_table)s
                and (not source.has_own_key, source.row_id) < (not held.has_own_key, held.source_row_id)
        )
    returning canon.chunk_of_row(changed.source_row_id) as chunk
)

insert into unread_chunks_this_step (chunk)
select distinct lost.chunk from lost;
