-- The schema of a migrated empty database, for reading and for diffs; nothing runs this file.
-- Written by: UPDATE_SCHEMA=1 python -m pytest tests/migrate/test_schema.py
-- What views and columns mean is in docs/data-dictionary.en.md.

CREATE SCHEMA canon;

CREATE SCHEMA observational;

CREATE SCHEMA ops;

CREATE TYPE public.alert_impact_enum AS ENUM (
    'export',
    'collection',
    'reporting',
    'none'
);

CREATE TYPE public.alert_severity_enum AS ENUM (
    'low',
    'medium',
    'high'
);

CREATE TYPE public.alert_type_enum AS ENUM (
    'missing_origin',
    'multiple_origins',
    'legacy_unclassified',
    'orphan_lead'
);

CREATE TYPE public.alertseverity AS ENUM (
    'info',
    'warning',
    'error'
);

CREATE TYPE public.attributionconfidence AS ENUM (
    'high',
    'medium',
    'low'
);

CREATE TYPE public.claimstatus AS ENUM (
    'expected',
    'generated',
    'paid',
    'rejected',
    'expired'
);

CREATE TYPE public.confidence_level_obs_enum AS ENUM (
    'low',
    'medium',
    'high'
);

CREATE TYPE public.confidencelevel AS ENUM (
    'HIGH',
    'MEDIUM',
    'LOW'
);

CREATE TYPE public.decided_by_type AS ENUM (
    'system',
    'manual'
);

CREATE TYPE public.decisionstatus AS ENUM (
    'assigned',
    'unassigned',
    'conflict'
);

CREATE TYPE public.jobtype AS ENUM (
    'identity_run',
    'drivers_index_refresh',
    'scout_attribution_refresh'
);

CREATE TYPE public.matched_source_enum AS ENUM (
    'drivers',
    'cabinet',
    'none'
);

CREATE TYPE public.origin_resolution_status AS ENUM (
    'pending_review',
    'resolved_auto',
    'resolved_manual',
    'marked_legacy',
    'discarded'
);

CREATE TYPE public.origin_tag AS ENUM (
    'cabinet_lead',
    'scout_registration',
    'migration',
    'legacy_external'
);

CREATE TYPE public.orphan_detected_reason AS ENUM (
    'no_lead_no_events',
    'no_lead_has_events_repair_failed',
    'legacy_driver_without_origin',
    'manual_detection'
);

CREATE TYPE public.orphan_status AS ENUM (
    'quarantined',
    'resolved_relinked',
    'resolved_created_lead',
    'purged'
);

CREATE TYPE public.recommended_action_type AS ENUM (
    'auto_link',
    'manual_review',
    'mark_legacy',
    'discard'
);

CREATE TYPE public.runstatus AS ENUM (
    'RUNNING',
    'COMPLETED',
    'FAILED'
);

CREATE TYPE public.unmatchedstatus AS ENUM (
    'OPEN',
    'RESOLVED',
    'IGNORED'
);

CREATE TYPE public.violation_reason_type AS ENUM (
    'missing_origin',
    'multiple_origins',
    'late_origin_link',
    'orphan_lead',
    'legacy_driver_unclassified'
);

CREATE FUNCTION canon.arrivals_query(source_name text) RETURNS text
    LANGUAGE sql STABLE
    AS $$
    select case
        when exists (select from canon.record_sources as record where record.source_table = source_name)
            then format(
                'select coalesce(record.transaction_id, record.row_version) as row_version, record.event_date'
                ' as business_date, null::text as business_text, record.came_at_local, record.came_at'
                ' from (values (null::timestamptz, null::xid)) as absent (came_at, transaction_id)'
                ' cross join lateral (select source.row_version, source.event_date, source.came_at_local, came_at,'
                ' transaction_id from canon.%I as source) as record', 'records_of_' || source_name
            )
        else format('select arrival.* from canon.%I as arrival', 'arrivals_of_' || source_name)
    end
$$;

CREATE FUNCTION canon.as_clock(value text) RETURNS time without time zone
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $_$
    select case when value ~ '^\s*([01]?\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,6})?)?\s*$' then btrim(value)::time end
$_$;

CREATE FUNCTION canon.as_clock(value time without time zone) RETURNS time without time zone
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
    select value
$$;

CREATE FUNCTION canon.as_clock(value timestamp without time zone) RETURNS time without time zone
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
    select value::time
$$;

CREATE FUNCTION canon.as_day(value date, timezone text) RETURNS date
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
    select value
$$;

CREATE FUNCTION canon.as_day(value text, timezone text) RETURNS date
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
    select coalesce(canon.parse_unzoned(value), canon.parse_zoned(value) at time zone timezone)::date
$$;

CREATE FUNCTION canon.as_day(value timestamp without time zone, timezone text) RETURNS date
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
    select value::date
$$;

CREATE FUNCTION canon.as_day(value timestamp with time zone, timezone text) RETURNS date
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
    select (value at time zone timezone)::date
$$;

CREATE FUNCTION canon.as_day_text(value date, timezone text) RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$
    select to_char(value, 'YYYY-MM-DD')
$$;

CREATE FUNCTION canon.as_day_text(value text, timezone text) RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$
    select value
$$;

CREATE FUNCTION canon.as_day_text(value timestamp without time zone, timezone text) RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$
    select to_char(value, 'YYYY-MM-DD')
$$;

CREATE FUNCTION canon.as_day_text(value timestamp with time zone, timezone text) RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$
    select to_char(value at time zone timezone, 'YYYY-MM-DD')
$$;

CREATE FUNCTION canon.as_flag(value boolean) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
    select value
$$;

CREATE FUNCTION canon.as_flag(value double precision) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
    select value <> 0
$$;

CREATE FUNCTION canon.as_flag(value integer) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
    select value <> 0
$$;

CREATE FUNCTION canon.as_flag(value bigint) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
    select value <> 0
$$;

CREATE FUNCTION canon.as_flag(value numeric) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
    select value <> 0
$$;

CREATE FUNCTION canon.as_flag(value text) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
    select case
        when lower(btrim(value)) in ('true', 't', 'yes', 'y', 'si', 'sí', 's', '1', '1.0') then true
        when lower(btrim(value)) in ('false', 'f', 'no', 'n', '0', '0.0') then false
    end
$$;

CREATE FUNCTION canon.as_integer(value double precision) RETURNS integer
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
    select case when value = trunc(value) and abs(value) < 2147483648 then value::integer end
$$;

CREATE FUNCTION canon.as_integer(value integer) RETURNS integer
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
    select value
$$;

CREATE FUNCTION canon.as_integer(value bigint) RETURNS integer
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
    select case when value between -2147483648 and 2147483647 then value::integer end
$$;

CREATE FUNCTION canon.as_integer(value numeric) RETURNS integer
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
    select case when value = trunc(value) and abs(value) < 2147483648 then value::integer end
$$;

CREATE FUNCTION canon.as_integer(value text) RETURNS integer
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
    select canon.as_integer(canon.as_number(value))
$$;

CREATE FUNCTION canon.as_local_time(value date, timezone text) RETURNS timestamp without time zone
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
    select canon.plausible_date(value)::timestamp
$$;

CREATE FUNCTION canon.as_local_time(value text, timezone text) RETURNS timestamp without time zone
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
    select coalesce(canon.parse_unzoned(value), canon.parse_zoned(value) at time zone timezone)
$$;

CREATE FUNCTION canon.as_local_time(value timestamp without time zone, timezone text) RETURNS timestamp without time zone
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
    select value
$$;

CREATE FUNCTION canon.as_local_time(value timestamp with time zone, timezone text) RETURNS timestamp without time zone
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
    select value at time zone timezone
$$;

CREATE FUNCTION canon.as_number(value double precision) RETURNS bigint
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
    select case when value = trunc(value) and abs(value) < 9e15 then value::bigint end
$$;

CREATE FUNCTION canon.as_number(value integer) RETURNS bigint
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
    select value::bigint
$$;

CREATE FUNCTION canon.as_number(value bigint) RETURNS bigint
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
    select value
$$;

CREATE FUNCTION canon.as_number(value numeric) RETURNS bigint
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
    select case when value = trunc(value) and abs(value) < 9e18 then value::bigint end
$$;

CREATE FUNCTION canon.as_number(value text) RETURNS bigint
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $_$
    select case when value ~ '^\s*[+-]?\d{1,18}(\.0*)?\s*$' then split_part(btrim(value, E' \t\r\n'), '.', 1)::bigint end
$_$;

CREATE FUNCTION canon.as_row_id(value double precision) RETURNS bigint
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
    select coalesce(canon.as_number(value), hashtextextended(value::text, 0))
$$;

CREATE FUNCTION canon.as_row_id(value integer) RETURNS bigint
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
    select value::bigint
$$;

CREATE FUNCTION canon.as_row_id(value bigint) RETURNS bigint
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
    select value
$$;

CREATE FUNCTION canon.as_row_id(value numeric) RETURNS bigint
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
    select coalesce(canon.as_number(value), hashtextextended(value::text, 0))
$$;

CREATE FUNCTION canon.as_row_id(value text) RETURNS bigint
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
    select coalesce(canon.as_number(value), hashtextextended(value, 0))
$$;

CREATE FUNCTION canon.as_row_id(value uuid) RETURNS bigint
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
    select hashtextextended(value::text, 0)
$$;

CREATE FUNCTION canon.as_seconds(value double precision) RETURNS bigint
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
    select case when abs(value) < 9e15 then round(value)::bigint end
$$;

CREATE FUNCTION canon.as_seconds(value integer) RETURNS bigint
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
    select value::bigint
$$;

CREATE FUNCTION canon.as_seconds(value bigint) RETURNS bigint
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
    select value
$$;

CREATE FUNCTION canon.as_seconds(value interval) RETURNS bigint
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
    select round(extract(epoch from value))::bigint
$$;

CREATE FUNCTION canon.as_seconds(value numeric) RETURNS bigint
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
    select case when abs(value) < 9e15 then round(value)::bigint end
$$;

CREATE FUNCTION canon.as_seconds(value text) RETURNS bigint
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $_$
    select case when value ~ '^\s*[+-]?\d{1,15}(\.\d*)?\s*$' then round(btrim(value, E' \t\r\n')::numeric)::bigint end
$_$;

CREATE FUNCTION canon.as_text(value double precision) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
    select case
        when value = trunc(value) and abs(value) < 1e15 then value::numeric::text
        when abs(value) < 'infinity' then value::text
    end
$$;

CREATE FUNCTION canon.as_text(value integer) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
    select value::text
$$;

CREATE FUNCTION canon.as_text(value bigint) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
    select value::text
$$;

CREATE FUNCTION canon.as_text(value numeric) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
    select nullif(trim_scale(value)::text, 'NaN')
$$;

CREATE FUNCTION canon.as_text(value text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
    select value
$$;

CREATE FUNCTION canon.as_text(value uuid) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
    select value::text
$$;

CREATE FUNCTION canon.as_unzoned(value date) RETURNS timestamp without time zone
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
    select canon.plausible_date(value)::timestamp
$$;

CREATE FUNCTION canon.as_unzoned(value text) RETURNS timestamp without time zone
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
    select canon.parse_unzoned(value)
$$;

CREATE FUNCTION canon.as_unzoned(value timestamp without time zone) RETURNS timestamp without time zone
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
    select value
$$;

CREATE FUNCTION canon.as_unzoned(value timestamp with time zone) RETURNS timestamp without time zone
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
    select null::timestamp
$$;

CREATE FUNCTION canon.as_uuid(value text) RETURNS uuid
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $_$
    select case when value ~ '^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$' then value::uuid end
$_$;

CREATE FUNCTION canon.as_uuid(value uuid) RETURNS uuid
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
    select value
$$;

CREATE FUNCTION canon.as_zoned(value date) RETURNS timestamp with time zone
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
    select null::timestamptz
$$;

CREATE FUNCTION canon.as_zoned(value text) RETURNS timestamp with time zone
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
    select canon.parse_zoned(value)
$$;

CREATE FUNCTION canon.as_zoned(value timestamp without time zone) RETURNS timestamp with time zone
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
    select null::timestamptz
$$;

CREATE FUNCTION canon.as_zoned(value timestamp with time zone) RETURNS timestamp with time zone
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
    select value
$$;

CREATE FUNCTION canon.build_deferred_indexes(loaded regclass) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET max_parallel_maintenance_workers TO '0'
    AS $$
declare
    deferred record;
begin
    for deferred in
        select waiting.definition from ops.deferred_indexes as waiting where waiting.table_name = loaded::text
    loop
        if not exists (
            select from pg_index as index
            where index.indrelid = loaded and pg_get_indexdef(index.indexrelid) = deferred.definition
        ) then
            execute deferred.definition;
        end if;
        delete from ops.deferred_indexes as waiting
        where waiting.table_name = loaded::text and waiting.definition = deferred.definition;
    end loop;
end
$$;

CREATE FUNCTION canon.calling_code(digits text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
    select substring(
        digits from
        '^(?:1|2(?:[07]|1[1-368]|[2-46][0-9]|5[0-8]|9[017-9])|3(?:[0-469]|5[0-9]|7[0-8]|8[0-35-79])|4(?:[013-9]|2[013])'
        '|5(?:[1-8]|[09][0-9])|6(?:[0-6]|7[02-9]|8[0-35-9]|9[0-2])|7|8(?:[1246]|[07][08]|5[02356]|8[0-368])'
        '|9(?:[0-58]|6[0-8]|7[0-79]|9[2-68]))'
    )
$$;

CREATE FUNCTION canon.car_fingerprint(brand text, model text) RETURNS text
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
    AS $$
declare
    brand_word text := canon.normalise_word(brand);
    model_text text := btrim(left(model, 200), E' \t\r\n');
    model_word text;
begin
    if brand_word is null then
        brand_word := canon.normalise_word(split_part(model_text, ' ', 1));
        model_text := substr(model_text, strpos(model_text || ' ', ' ') + 1);
    end if;
    model_word := canon.normalise_word(model_text);
    if brand_word is null or model_word is null then
        return null;
    end if;

    if starts_with(model_word, brand_word) then
        model_word := substr(model_word, length(brand_word) + 1);
    end if;
    if brand_word = 'VW' then
        brand_word := 'VOLKSWAGEN';
    end if;
    return brand_word || nullif(model_word, '');
end
$$;

CREATE FUNCTION canon.changed_source_chunks(source_table text) RETURNS bytea
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    AS $$
declare
    bits bytea := decode(repeat('00', 65536 / 8), 'hex');
    unread bigint;
begin
    for unread in
        select known.chunk
        from canon.source_chunk_digests as known
        where known.source_table = changed_source_chunks.source_table and not known.is_read
    loop
        bits := set_bit(bits, unread, 1);
    end loop;
    return bits;
end
$$;

CREATE FUNCTION canon.chunk_of_account(driver_id text) RETURNS bigint
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
    select hashtextextended(driver_id, 0) & 16383
$$;

CREATE FUNCTION canon.chunk_of_row(row_id bigint) RETURNS bigint
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
    select (row_id / 16) & 65535
$$;

CREATE FUNCTION canon.compare_source_chunks(source_table text, run_id integer) RETURNS void
    LANGUAGE plpgsql
    AS $$
#variable_conflict use_column
begin
    -- Planning locks the table: from here on nobody puts another one in its place before this transaction ends.
    perform from canon.source_row_chunks as present where present.source_table = compare_source_chunks.source_table limit 0;
    insert into canon.source_chunk_digests as known (source_table, chunk, row_count, digest, is_read)
    select
        compare_source_chunks.source_table,
        coalesce(found.chunk, seen.chunk),
        coalesce(found.row_count, 0),
        coalesce(found.digest, 0),
        false
    from (
        select present.*
        from canon.source_row_chunks as present
        where present.source_table = compare_source_chunks.source_table
    ) as found
    full join (
        select stored.*
        from canon.source_chunk_digests as stored
        where stored.source_table = compare_source_chunks.source_table and stored.is_read
    ) as seen on seen.chunk = found.chunk
    cross join ops.run_settings(compare_source_chunks.run_id) as run
    where
        case
            when compare_source_chunks.source_table = 'drivers' then run.is_index_refreshed
            else run.source_tables is null or compare_source_chunks.source_table = any(run.source_tables)
        end
        and (
            (seen.row_count, seen.digest) is distinct from (coalesce(found.row_count, 0), coalesce(found.digest, 0))
            or not run.is_incremental
            or (select canon.is_source_replaced(compare_source_chunks.source_table))
        )
    on conflict (source_table, chunk) do update
    set
        row_count = excluded.row_count,
        digest = excluded.digest,
        is_read = false;
end
$$;

CREATE FUNCTION canon.defer_indexes(loaded regclass, new_rows bigint, with_references boolean DEFAULT false, kept name[] DEFAULT '{}'::name[]) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET lock_timeout TO '900ms'
    AS $$
declare
    worth_building_once constant bigint := 10000;
    deferred record;
begin
    if new_rows < worth_building_once
        or current_setting('control_tower.is_step_alone', true) is distinct from 'on'
        or not (
            select pg_has_role(relation.relowner, 'USAGE') from pg_class as relation where relation.oid = loaded
        )
    then
        return;
    end if;
    if pg_relation_size(loaded) > 0 then
        perform canon.build_deferred_indexes(loaded);
        return;
    end if;
    begin
        execute format('lock table %s in access exclusive mode', loaded);
    exception
        when lock_not_available then return;
    end;
    if pg_relation_size(loaded) > 0 then
        return; -- written to meanwhile
    end if;

    for deferred in
        select index.indexrelid::regclass as name, pg_get_indexdef(index.indexrelid) as definition
        from pg_index as index
        inner join pg_class as relation on relation.oid = index.indexrelid
        where
            index.indrelid = loaded
            and index.indisvalid
            and not index.indisunique
            and not index.indisreplident
            and not index.indisclustered
            and relation.relname <> all(kept)
            -- what a definition does not tell
            and relation.reltablespace = 0
            and obj_description(relation.oid, 'pg_class') is null
    loop
        execute format('drop index %s', deferred.name);
        insert into ops.deferred_indexes (table_name, definition) values (loaded, deferred.definition)
        on conflict do nothing;
    end loop;

    for deferred in
        select
            reference.conname as name,
            reference.confrelid::regclass as referenced,
            format(
                'alter table %s add constraint %I %s', loaded, reference.conname, pg_get_constraintdef(reference.oid)
            ) as definition
        from pg_constraint as reference
        where
            with_references
            and reference.conrelid = loaded
            and reference.contype = 'f'
            and reference.convalidated
            and obj_description(reference.oid, 'pg_constraint') is null
            and has_table_privilege(reference.confrelid, 'REFERENCES')
    loop
        begin
            -- nobody deletes what is referred to before it is checked
            execute format('lock table %s in access exclusive mode', deferred.referenced);
            execute format('alter table %s drop constraint %I', loaded, deferred.name);
        exception
            when lock_not_available then continue;
        end;
        insert into ops.deferred_indexes (table_name, definition) values (loaded, deferred.definition)
        on conflict do nothing;
    end loop;
end
$$;

CREATE FUNCTION canon.foreign_phone(raw text, country text) RETURNS text
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
    AS $_$
declare
    own_code text := case country when 'PE' then '51' when 'CO' then '57' end;
    code text;
    run text;
    digits text;
    number text;
begin
    if raw is null
        or own_code is null
        or octet_length(raw) = length(raw) and raw !~ '[+%&]|[.][Mm][Ee]/|[Ee]=|00'
        or canon.normalise_phone(raw, country) is not null
    then
        return null;
    end if;

    foreach run in array string_to_array(canon.phone_text(raw, false), '|') || '{x}'::text[] loop
        digits := translate(run, ' x+', '');
        if number is not null then
            -- the end of a number that is written with slashes
            if run !~ '[x+]' and length(digits) <= 6 then
                number := number || digits;
                continue;
            end if;
            code := canon.calling_code(number);
            exit when code <> own_code
                and length(number) between 8 and 15
                and (code <> '1' or number ~ '^1[2-9][0-9]{9}$')
                and '12345678901234567890' not like number || '%';
            number := null;
        end if;
        if strpos(run, '+') > 0 then
            number := digits;
        end if;
    end loop;

    for i in 0 .. 9 loop
        if length(number) - length(code) - length(replace(substr(number, length(code) + 1), i::text, '')) >= 7 then
            return null;
        end if;
    end loop;
    return '+' || number;
end
$_$;

CREATE FUNCTION canon.invalidate_source_chunk_digests() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    delete from canon.source_chunk_digests as known
    where (known.source_table = 'drivers') = (tg_relid = 'canon.drivers_index'::regclass);
    return null;
end
$$;

CREATE FUNCTION canon.is_in_partition(key text, partition integer, partitions integer) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
    select partition is null or abs((hashtextextended(key, 0) & 2147483647) % partitions + 1 - partition) < 1
$$;

CREATE FUNCTION canon.is_named_by_cabinet_payments(person uuid) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $_$
declare
    type_of_column text := (
        select format_type(kept.atttypid, null)
        from pg_attribute as kept
        where
            kept.attrelid = to_regclass('public.module_ct_cabinet_payments')
            and kept.attname = 'person_key'
            and not kept.attisdropped
    );
    is_named boolean := false;
begin
    if type_of_column is not null then
        execute format(
            'select exists (select 1 from public.module_ct_cabinet_payments where person_key = $1::text::%s)',
            type_of_column
        ) into is_named using person;
    end if;
    return is_named;
end
$_$;

CREATE FUNCTION canon.is_one_off(a text, b text) RETURNS boolean
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
    AS $$
declare
    size constant integer := length(a);
    at integer := 1;
begin
    if length(b) <> size or a = b then
        return false;
    end if;
    while substr(a, at, 1) = substr(b, at, 1) loop
        at := at + 1;
    end loop;
    return substr(a, at + 1) = substr(b, at + 1)
        or (
            substr(a, at, 1) = substr(b, at + 1, 1)
            and substr(a, at + 1, 1) = substr(b, at, 1)
            and substr(a, at + 2) = substr(b, at + 2)
        );
end
$$;

CREATE FUNCTION canon.is_other_record(name_before text, name_now text, phone_before text, phone_now text, license_before text, license_now text, driver_before text, driver_now text) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
    select
        coalesce(name_before, phone_before, license_before, driver_before) is not null
        and coalesce(phone_before = phone_now, false) is false
        and coalesce(license_before = license_now, false) is false
        and coalesce(driver_before = driver_now, false) is false
        and coalesce(string_to_array(name_before, ' ') @> string_to_array(name_now, ' '), false) is false
        and coalesce(string_to_array(name_before, ' ') <@ string_to_array(name_now, ' '), false) is false
$$;

CREATE FUNCTION canon.is_source_replaced(table_name text) RETURNS boolean
    LANGUAGE sql STABLE
    AS $$
    select coalesce(
        (
            select bound.read_identity <> canon.source_identity(is_source_replaced.table_name)
            from canon.source_bindings as bound
            where bound.table_name = is_source_replaced.table_name
        ),
        false
    )
$$;

CREATE FUNCTION canon.license_document(license text, country text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $_$
    select nullif(ltrim(
        case
            -- without a regular expression for the usual form: a letter and eight digits
            when country = 'PE' and length(license) = 9 and translate(right(license, 8), '0123456789', '') = ''
                then case when left(license, 1) > '9' collate "C" then right(license, 8) end
            when country = 'PE' then substring(license from '^(?:[A-Z](?=[0-9]{7,8}$))?([0-9]{6,8})$')
            when country = 'CO' then substring(license from '^[0-9]{6,10}$')
        end, '0'
    ), '')
$_$;

CREATE FUNCTION canon.maintain_ledger_summaries() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
declare
    factor constant integer := case tg_op when 'DELETE' then -1 else 1 end;
begin
    if tg_op = 'UPDATE' then
        -- merging moves a ledger row to another person
        if exists (select before.person_key from before except all select after.person_key from after) then
            delete from canon.persons_without_ledger as without
            using after
            where without.person_key = after.person_key;
            insert into canon.persons_without_ledger (person_key)
            select before.person_key
            from before
            inner join canon.identity_registry as person on person.person_key = before.person_key
            where
                not exists (select 1 from observational.lead_ledger as row where row.person_key = before.person_key)
            on conflict do nothing;
            insert into canon.payment_queue (person_key)
            select before.person_key from before
            on conflict do nothing;
        end if;
        insert into canon.attribution_counts (
            satisfactory, conflicts, d_events, a_events, scouting_claims, lead_claims
        )
        with changed as (
            select 1 as sign, after.* from after
            union all
            select -1, before.* from before
        ),

        differences as (
            select
                coalesce(sum(sign) filter (where attributed_scout_id is not null), 0) as satisfactory,
                coalesce(sum(sign) filter (where decision_status = 'conflict'), 0) as conflicts,
                coalesce(sum(sign) filter (where attributed_scout_id is null and event_scouts > 0), 0) as d_events,
                coalesce(sum(sign) filter (where attributed_scout_id is null and event_scouts = 0), 0) as a_events,
                coalesce(sum(sign) filter (where has_scouting_claim), 0) as scouting_claims,
                coalesce(sum(sign) filter (where has_lead_claim), 0) as lead_claims
            from changed
        )

        select satisfactory, conflicts, d_events, a_events, scouting_claims, lead_claims
        from differences
        where (satisfactory, conflicts, d_events, a_events, scouting_claims, lead_claims) <> (0, 0, 0, 0, 0, 0);
        return null;
    end if;
    if tg_op = 'INSERT' then
        -- by an array of keys: a join is planned for the whole table
        delete from canon.persons_without_ledger as without
        where without.person_key = any(array(select changed.person_key from changed));
    else
        insert into canon.persons_without_ledger (person_key)
        select changed.person_key
        from changed
        inner join canon.identity_registry as person using (person_key)
        on conflict do nothing;
        insert into canon.payment_queue (person_key)
        select changed.person_key from changed
        on conflict do nothing;
        -- until the row is derived again, its summary is read from the events
        insert into canon.attribution_queue (person_key)
        select changed.person_key from changed
        where exists (select 1 from observational.lead_events as event where event.person_key = changed.person_key)
        on conflict (person_key) do update set person_key = excluded.person_key;
    end if;
    insert into canon.attribution_counts (satisfactory, conflicts, d_events, a_events, scouting_claims, lead_claims)
    select
        factor * count(changed.attributed_scout_id),
        factor * count(*) filter (where changed.decision_status = 'conflict'),
        factor * count(*) filter (where changed.attributed_scout_id is null and changed.event_scouts > 0),
        factor * count(*) filter (where changed.attributed_scout_id is null and changed.event_scouts = 0),
        factor * count(*) filter (where changed.has_scouting_claim),
        factor * count(*) filter (where changed.has_lead_claim)
    from changed
    having count(*) > 0;
    return null;
end
$$;

CREATE FUNCTION canon.maintain_registry_summaries() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    if tg_op = 'INSERT' then
        perform canon.defer_indexes('canon.persons_without_ledger', (select count(*) from after));
        insert into canon.persons_without_ledger (person_key)
        select after.person_key
        from after
        where not exists (select 1 from observational.lead_ledger as row where row.person_key = after.person_key)
        on conflict do nothing;
        perform canon.build_deferred_indexes('canon.persons_without_ledger');
        insert into canon.attribution_counts (persons) select count(*) from after having count(*) > 0;
    else
        delete from canon.persons_without_ledger as without
        using before
        where without.person_key = before.person_key;
        delete from canon.scout_payments as kept using before where kept.person_key = before.person_key;
        delete from canon.scout_payment_milestones as kept using before where kept.person_key = before.person_key;
        insert into canon.attribution_counts (persons) select -count(*) from before having count(*) > 0;
    end if;
    return null;
end
$$;

CREATE FUNCTION canon.name_blocks(name text) RETURNS bigint[]
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
    AS $$
declare
    words constant text[] := string_to_array(name, ' ');
    a constant bigint := hashtextextended(words[1], 0);
    b constant bigint := hashtextextended(words[2], 0);
    c constant bigint := hashtextextended(words[3], 0);
    d constant bigint := hashtextextended(words[4], 0);
begin
    -- nearly all names have three or four different words: no search for these
    case
        when words is null or cardinality(words) < 3 then
            return '{}';
        when cardinality(words) = 3 then
            return case when a <> b and a <> c and b <> c then array[a # b # c] else '{}' end;
        when cardinality(words) = 4 and a <> b and a <> c and a <> d and b <> c and b <> d and c <> d then
            return array[a # b # c, a # b # d, a # c # d, b # c # d];
        else
            return array(
                with word as materialized (
                    select distinct hashtextextended(unnested.word, 0) as hash from unnest(words) as unnested (word)
                )

                select first.hash # second.hash # third.hash
                from word as first
                inner join word as second on second.hash > first.hash
                inner join word as third on third.hash > second.hash
            );
    end case;
end
$$;

CREATE FUNCTION canon.name_key(name text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
    select lower(array_to_string(
        array(select word from unnest(string_to_array(name, ' ')) as word order by word collate "C"), ' '
    ) collate "C")
    where name is not null
$$;

CREATE FUNCTION canon.new_person_key() RETURNS uuid
    LANGUAGE sql
    AS $$
    select overlay(
        gen_random_uuid()::text
        placing overlay(
            lpad(to_hex((extract(epoch from clock_timestamp()) * 1000)::bigint), 12, '0') placing '-' from 9 for 0
        ) || '-7'
        from 1 for 15
    )::uuid
$$;

CREATE FUNCTION canon.normalise_license(raw text) RETURNS text
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
    AS $_$
declare
    labels text;
    category text;
    words text;
    compact text;
    digits text;
    piece text;
begin
    -- fast path for the usual form, unless few digits differ from the last two: then it may be a placeholder
    if raw ~ '^[A-Z][0-9]{8}$' and length(translate(raw, right(raw, 2), '')) > 2 then
        return raw;
    end if;

    -- second fast path: other forms that need no search
    compact := upper(left(raw, 200) collate "C");
    if compact ~ '^[A-Z]?-?[0-9]{6,12}$' then
        compact := replace(compact, '-', '');
    else
        words := upper(canon.spreadsheet_number(canon.plain_text(left(raw, 200))) collate "C");
        if words is null
            or words !~ '[0-9]'
            or translate(words, ' -_.:/', '') ~ '^(TEST|TEMP|PRUEBA|SINLIC|PEND|NOTIENE)|DRAFT'
        then
            return null;
        end if;
        labels := 'LICENCIA|LIC|BREVETE|NRO|NUM|NO|NR|CAT|DOC|DNI|RUC|PTP|PPT|CPP|PEP|CC|CE|CI|TI|ID';
        category := '[AB](?:I{1,3}|[123])[ABC]?|C[123]';
        words := translate(words, 'ÁÉÍÓÚ[]_', 'AEIOU() ');

        -- what is no licence, in the order in which it may hide one: dates, notes behind a number, labels, categories
        words := regexp_replace(
            words, '(?<![0-9])[0-3]?[0-9][-/.][01]?[0-9][-/.](?:19|20)?[0-9]{2}(?![-/.]?[0-9])'
            '|(?<![0-9])(?:19|20)[0-9]{2}[-/.][01][0-9][-/.][0-3][0-9](?![-/.]?[0-9])',
            '|', 'g'
        );
        words := regexp_replace(words, '([0-9]{4,} *)\([^)]*(\)|$)', '\1|', 'g');
        words := regexp_replace(
            words,
            '\m(?:(?:[A-Z][.] ?)+[A-Z]\M[.]?|C[ /-]?[CE]\M|[A-Z]{4,}\M'
            '|(?:DE|EN|LA|EL|Y)\M|(?:' || labels || ')(?:\M|(?=[A-Z]?[0-9]{6})))[.:]?',
            '|', 'g'
        );
        piece := regexp_replace(
            words,
            '\m[ABC][- .]?(?:I{1,3}|(?<![ .])[123])[- ]?[ABC]?\M(?![.][0-9])|\mI{1,3}[- ]?[ABC]\M'
            '|\m[AB](?:I{1,3}|[123])[ABC](?=[A-Z]?[0-9]{8}\M)|(?<=\m[A-Z]?[0-9]{8,10})(?:' || category || ')\M',
            '|', 'g'
        );

        -- a number of at least six digits, in one or in the usual groups, behind at most two letters
        compact := substring(
            piece from
            '(?<![0-9A-Z])((?:[A-Z]{1,2}[-. ]{0,3})?[0-9]{6,15}'
            '|(?:[A-Z]{1,2}[-. ]{0,3})?[0-9]{1,3}(?:[-. ,''][0-9]{3}){2,4}'
            '|[A-Z][-. ]{0,3}[0-9]{1,4}(?:[-. ][0-9]{1,7}){1,4}|[0-9]{4}[-. ][0-9]{4})(?![0-9A-Z])'
        );
        if compact is not null and compact !~ '^(?:19|20)[0-9]{2}[-. ](?:19|20)[0-9]{2}$' then
            compact := translate(compact, '-. ,''', '');
        else
            -- other shapes: the first text between commas and slashes, all of its signs joined
            compact := null;
            words := regexp_replace(words, '(?<![0-9A-Z])(?:19|20)[0-9]{2}(?![0-9A-Z])', '', 'g');
            foreach piece in array regexp_split_to_array(words, '[,;/|&+()\n]+') loop
                piece := regexp_replace(piece, '[^0-9A-Z]+', '', 'g');
                piece := regexp_replace(
                    piece, '^(?:' || labels || ')+(?=[A-Z]?[0-9])|(?<=^[A-Z]?[0-9]{8,10})(?:' || category || ')$', '', 'g'
                );
                if length(piece) between 6 and 15
                    and piece ~ '[0-9].*[0-9]'
                    and piece !~ '^(?:[A-Z]{3,}|[ABC](?:I|[123])[ABC]|[0-9]{0,2})(?:19|20)[0-9]{2}$'
                then
                    compact := piece;
                    exit;
                end if;
            end loop;
        end if;
    end if;

    if length(compact) between 6 and 15 then
        digits := translate(compact, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', '');
    else
        return null;
    end if;
    if length(digits) >= 4 and replace(digits, left(digits, 1), '') = '' then
        return null;
    end if;
    -- cheap necessary condition for seven equal digits, then the exact count
    if length(digits) >= 7
        and length(translate(digits, right(digits, length(digits) - 6), '')) <= length(digits) - 7
    then
        for i in 0 .. 9 loop
            if length(digits) - length(replace(digits, i::text, '')) >= 7 then
                return null;
            end if;
        end loop;
    end if;
    return compact;
end
$_$;

CREATE FUNCTION canon.normalise_name(raw text) RETURNS text
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
    AS $_$
declare
    name text := upper(left(raw, 1000) collate "C");
    letters text;
begin
    if name ~ '[^A-Z ]' then
        if octet_length(name) <> length(name) then
            name := upper(translate(left(raw, 1000), 'áéíóúñüÁÉÍÓÚÑÜ', 'aeiounuAEIOUNU') collate "C");
        end if;
        if octet_length(name) <> length(name)
            or strpos(name, '&') > 0
            or strpos(name, '\') > 0
            or strpos(name, 'U00') > 0
        then
            -- NFKD separates letter and accent
            name := normalize(canon.repair_text(left(raw, 1000)), NFKD);
            if octet_length(name) <> length(name) then
                if name ~ '[\u200B-\u200D\u2060\uFEFF]' and name !~ '[[:space:],;]' then
                    name := regexp_replace(name, '[\u200B-\u200D\u2060\uFEFF]+', ' ', 'g');
                end if;
                name := regexp_replace(
                    name, '[´‘’ʼ′\u00AD\u0300-\u036F\u200B-\u200F\u2060\uFE0F\uFEFF]+', '', 'g'
                );
                name := translate(name, 'øØđĐłŁıæÆœŒðÐþÞß', 'oOdDlLiaAoOdDtTs');
                name := regexp_replace(name, '[\uFFFD¿]+', '?', 'g');
            end if;
            name := upper(name collate "C");
        end if;
        if name ~ '[^A-Z ]' then
            if name ~ '[^A-Z ,.]' then
                if name ~ '[?~#0-9]' then
                    -- a lost letter: between vowels it was Ñ, before a final A or O mostly Í
                    name := regexp_replace(name, '([AEIOU])[?~]+(?=[AEIOU])', '\1N', 'g');
                    name := regexp_replace(name, '([B-DF-HJ-NP-TV-Z])[?]+(?=[AO]S?\M)', '\1I', 'g');
                    name := regexp_replace(name, '\mJOS[?]+(?![A-Z])', 'JOSE', 'g');
                    name := regexp_replace(name, '#(?=[A-Z])', 'N', 'g');
                    -- a digit typed for the letter that looks like it; one behind a word is a number
                    name := regexp_replace(name, '([A-Z]|\m)0(?=[0-9]?[A-Z])', '\1O', 'g');
                    name := regexp_replace(name, '([A-Z])1(?=[0-9]?[A-Z])', '\1I', 'g');
                    name := regexp_replace(name, '([A-Z])3(?=[0-9]?[A-Z])', '\1E', 'g');
                    name := regexp_replace(name, '([A-Z])4(?=[0-9]?[A-Z])', '\1A', 'g');
                    name := regexp_replace(name, '([A-Z])5(?=[0-9]?[A-Z])', '\1S', 'g');
                    name := translate(name, '0123456789?~', '');
                end if;
                if name ~ '[-–—/|*:;([{]' then
                    -- what somebody noted behind the name: JUAN QUISPE - MOTO, JUAN QUISPE (YANGO)
                    name := regexp_replace(
                        name,
                        '([A-Z]{2}[^-–—/|*:;([{]*)[-–—/|*:;([{]+ *'
                        '(MOTO(S|TAXI|CARGO|LINEAL)?|TORITO|AUTOS?|CARRO|CAMIONETA|TAXI|DELIVERY|REPARTIDOR|CONDUCTOR|CHOFER'
                        '|DRIVER|LEAD|SCOUT|REF(ERID[AO])?|YANGO|INDRIVER?|UBER|DIDI|CABIFY|RAPPI|FLOTA|PARK|(IN)?ACTIV[AO]'
                        '|NUEV[AO]|ANTIGU[AO]|BAJA|BLOQUEAD[AO]|PENDIENTE|CONFIRMAD[AO]|MIGRACION|WHATSAPP|WSP|CEL(ULAR)?'
                        '|TELF?|DNI|LICENCIA|BREVETE|PLACA|OK|DUPLICAD[AO]|NO (CONTESTA|RESPONDE)|TURNO|NOCHE|DIA)\M.*$',
                        '\1'
                    );
                end if;
            end if;
            name := translate(name, '''`', '');
            name := translate(
                name, translate(name, ' ABCDEFGHIJKLMNOPQRSTUVWXYZ', ''), repeat(' ', length(name))
            );
        end if;
    end if;

    name := btrim(name);
    if strpos(name, '  ') > 0 then
        name := replace(replace(replace(name, ' ', '<>'), '><', ''), '<>', ' ');
    end if;

    if strpos(name, 'DE') > 1 then
        if strpos(name, 'DEL') > 3
            or strpos(name, 'DEOCA') > 3
            or strpos(name, 'DEDIOS') > 3
            or strpos(name, 'DEJESUS') > 3
            or strpos(name, 'DEGUEVARA') > 3
        then
            -- MONTESDEOCA, JUANDEDIOS, MARIADELCARMEN
            name := regexp_replace(
                name,
                '([A-Z]{3})DE(L|LOS)?'
                '(?=(OCA|LEON|GUEVARA|DIOS|JESUS|CARMEN|PILAR|ROSARIO|ANGELES|SANTOS)\M)', '\1 ', 'g'
            );
        end if;
    end if;

    -- one regular expression finds all names with something to remove or refuse; most have nothing
    if name ~ (
        '(^| )(D[AEIO]|D[AO]S|DEL[A-Z]*|LAS?|LOS|EL|E|Y|V([AO]N|DA|IUD[AO])|DE[RN]|[JS]R|SRT?A|DRA?|III?'
        '|TEST|PRUEBA|DRAFT)( |$)'
    ) then
        if name ~ '(^| )DEL[A-Z]' then
            name := regexp_replace(
                name,
                '\m(DELOS(?=[A-Z]{4})|DELAS(?=[B-DF-HJ-NP-TV-Z][A-Z]{3})'
                '|DELA(?!GUILA\M)(?=[A-Z]{4}|HOZ\M|PAZ\M)'
                '|DE(?=LEON\M)|DEL(?=(CARPIO|CASTILLO|AGUILA|VALLE|PINO|RIO|POZO|SOLAR|CAMPO|BUSTO|MAESTRO|PORTAL|CARMEN'
                '|PILAR|ROSARIO)\M))+',
                '', 'g'
            );
        end if;
        -- two spaces between words, so that adjacent particles are both replaced; cheaper than a regular expression
        name := ' ' || replace(name, ' ', '  ') || ' ';
        name := replace(replace(replace(replace(replace(replace(
            name, ' DE ', ''), ' DEL ', ''), ' LA ', ''), ' LAS ', ''), ' LOS ', ''), ' EL ', ''
        );
        name := replace(replace(replace(replace(replace(replace(
            name, ' Y ', ''), ' E ', ''), ' DA ', ''), ' DO ', ''), ' DI ', ''), ' DAS ', ''
        );
        name := replace(replace(replace(replace(replace(replace(
            name, ' DOS ', ''), ' DELA ', ''), ' DELAS ', ''), ' DELOS ', ''), ' VAN ', ''), ' VON ', ''
        );
        name := replace(replace(replace(replace(replace(replace(
            name, ' DER ', ''), ' DEN ', ''), ' SR ', ''), ' SRA ', ''), ' SRTA ', ''), ' JR ', ''
        );
        name := replace(replace(replace(replace(replace(replace(replace(
            name, ' II ', ''), ' III ', ''), ' DR ', ''), ' DRA ', ''), ' VDA ', ''), ' VIUDA ', ''), ' VIUDO ', ''
        );
        if name ~ ' (TEST|PRUEBA|DRAFT) ' then
            return null;
        end if;
        name := btrim(replace(replace(replace(name, ' ', '<>'), '><', ''), '<>', ' '));
    end if;
    if strpos(name, 'SAN') > 0 and (strpos(name, 'SAN ') > 0 or strpos(name, 'SANTA ') > 0) then
        name := ltrim(replace(' ' || name, ' SAN ', ' SAN'));
        name := regexp_replace(name, '\mSANTA (?=(MARIA|CRUZ|ANA|CLARA|COLOMA|GADEA|TERESA|LUCIA)\M)', 'SANTA', 'g');
    end if;

    if length(name) > 20 then
        if length(name) > 30 and (length(name) > 34 or split_part(name, ' ', 3) = '') and name ~ '[A-Z]{31}' then
            name := regexp_replace(name, '([A-Z]{30})[A-Z]+', '\1', 'g');
        end if;
        if split_part(name, ' ', 11) <> '' then
            name := array_to_string((string_to_array(name, ' '))[1:10], ' ');
        end if;
    end if;

    letters := replace(name, ' ', '');
    -- one letter repeated; as many letters as words
    if replace(letters, left(letters, 1), '') = ''
        or 2 * length(letters) - 1 <= length(name)
        or (
            split_part(name, ' ', 3) = ''
            and (
                name ~ '^(SN|NA|NULL|NONE|NINGUNO|ANONIMO|DESCONOCIDO|PENDIENTE|DRIVERDRAFT[A-Z]*)$'
                or name ~ '^(NOMBRES?( APELLIDOS?)?|SIN (NOMBRES?|DATOS?|APELLIDOS?|INFORMACION))$'
                or name ~ '^NO (TIENE|REGISTRA|APLICA|DEFINIDO)$'
                or name ~ '^(DRIVER|CONDUCTOR|CHOFER)( (DRIVER|CONDUCTOR|NUEVO|[A-Z]))?$'
            )
        )
    then
        return null;
    end if;
    return name;
end
$_$;

CREATE FUNCTION canon.normalise_phone(raw text, country text) RETURNS text
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
    AS $_$
declare
    code text;
    mobile text;
    plan text;
    national text;
    international text;
    width integer;
    cleaned text;
    before text;
    run text;
    digits text;
    carried text;
    groups text[];
    joined text;
    number text;
begin
    if country = 'PE' then
        code := '51';
        mobile := '^(?:0?|0{3,}|[+]?(?:00)?51(?:0?51)?0?)9[0-9]{8}$';
        width := 9;
    elsif country = 'CO' then
        code := '57';
        mobile := '^(?:0?|0{3,}|[+]?(?:00)?57(?:0?57)?0?)3[0-9]{9}$';
        width := 10;
    end if;
    if raw is null or code is null then
        return null;
    end if;

    -- fast path: one mobile in the usual notation, with or without country code
    cleaned := raw;
    if length(raw) <> width then
        cleaned := replace(replace(left(raw, 200), ' ', ''), '-', '');
        cleaned := replace(replace(cleaned, '(', ''), ')', '');
    end if;
    if cleaned ~ mobile then
        number := right(cleaned, width);
    elsif raw !~ '[0-9]' and octet_length(raw) = length(raw) then
        return null;
    else
        -- second fast path: a label, one mobile, another number or a note
        number := translate(substring(
            raw from
            '^(?![DdRrCc][NnUuCcEe.][IiCcDd.: ])[A-Za-z:. ]*'
            || case country
                when 'PE' then '(?:[+]?51 ?)?(9[0-9]{2}[ -]?[0-9]{3}[ -]?[0-9]{3})'
                else '(?:[+]?57 ?)?(3[0-9]{2}[ -]?[0-9]{3}[ -]?[0-9]{4})'
            end
            || ' *(?:$|[A-Za-z(/,;])'
        ), ' -', '');
    end if;
    if number is null then
        if country = 'PE' then
            plan := '(9[0-9]{8}|(?:1[0-8]|4[12]|5[236]|6[1-7]|7[246]|8[2-4])[0-9]{6}'
                '|(?:19[02-68]|(?:4[34]|5[14]|73)[0-8]|687|755)[0-9]{5}'
                '|(?:7173|810[05689]|860[06-9]|861[6-9]|8629|870[0569]|87[56]0)[0-9]{4})$';
        else
            -- until 2021 a landline dialled 03 before a mobile
            plan := '(?:033?)?(3[0-9]{9}|9408[0-9]{6}|60[1245678][0-9]{7})$';
        end if;
        -- 011: as dialled from the United States
        national := format('^(?:011(?=%1$s))?0*(?:%1$s)?0*(?:%1$s)?0*%2$s', code, plan);
        international := format('^%1$s0*(?:%1$s)?0*%2$s', code, plan);

        -- third fast path: a landline, unless it is a date
        if cleaned ~ '^0?[1-9][0-9]+$' and raw !~ '-(19|20)[0-9]{2}$' then
            number := substring(cleaned from national);
        end if;

        <<attempts>>
        for attempt in 1 .. 2 loop
            exit attempts when number is not null;
            before := case when attempt = 2 then cleaned end;
            cleaned := canon.phone_text(raw, attempt = 2);
            exit attempts when cleaned is null or cleaned = before;
            carried := '';

            foreach run in array string_to_array(cleaned, '|') loop
                if run like 'x%' then
                    carried := '';
                end if;
                digits := translate(run, ' x+', '');
                continue when digits = '';
                if strpos(run, '+') > 0 then
                    carried := '';
                    number := substring(digits from international);
                else
                    -- groups of one number, written with signs that mostly separate numbers: 987/654/321
                    if carried <> '' then
                        number := substring(carried || digits from national);
                        exit attempts when length(number) = width or number is not null and carried ~ ('^0|^' || code);
                        if length(digits) >= 6 and length(carried) > 1 and canon.calling_code(carried) = carried then
                            -- a country code without plus: 56 / 987654321
                            number := null;
                            carried := '';
                            continue;
                        end if;
                    end if;
                    number := substring(digits from national);
                end if;
                exit attempts when number is not null;

                -- two numbers side by side: join digit groups from the left until they make a number; the rest must be
                -- long enough to be a number as well, else the field is one mistyped number
                groups := string_to_array(btrim(run, 'x+ '), ' ');
                joined := '';
                for i in 1 .. cardinality(groups) - 1 loop
                    joined := joined || groups[i];
                    number := substring(
                        joined from case when strpos(run, '+') > 0 then international else national end
                    );
                    if length(digits) - length(joined) < 6 then
                        number := null;
                    end if;
                    exit attempts when number is not null;
                end loop;
                carried := case
                    when strpos(run, '+') = 0
                        and length(carried || digits) <= case when carried || digits like code || '%' then 8 else 6 end
                        then carried || digits
                    else ''
                end;
            end loop;
        end loop;
        if number is null then
            return null;
        end if;
    end if;

    -- cheap necessary condition for seven equal digits, then the exact count
    if length(translate(number, right(number, length(number) - 6), '')) <= length(number) - 7 then
        for i in 0 .. 9 loop
            if length(number) - length(replace(number, i::text, '')) >= 7 then
                return null;
            end if;
        end loop;
    end if;
    return nullif(number, '12345678');
end
$_$;

CREATE FUNCTION canon.normalise_plate(raw text) RETURNS text
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
    AS $_$
declare
    compact text := upper(left(raw, 200) collate "C");
    words text;
    plate text;
begin
    -- fast path for the usual form, unless it may be a placeholder (XXX-123, ABC-000) or a year (MG 2019)
    plate := replace(replace(compact, '-', ''), ' ', '');
    if plate ~ '^[A-HJ-NP-Z][A-HJ-NP-Z0-9]{2}[0-9]{3}$'
        and replace(right(plate, 3), right(plate, 1), '') <> ''
        and compact not like 'XXX%'
        and compact not like '% 20__'
        and compact not like '% 19__'
    then
        return plate;
    end if;
    if compact ~ '^[0-9]*$' then
        return null;
    end if;

    -- second fast path: other forms in one piece
    if compact ~ '^(?:[A-Z][A-Z0-9]{2}[0-9]{2}[A-Z0-9]?|[A-Z]{2}-?[0-9]{4}|[0-9]{4}-?[A-Z0-9]{2})$' then
        plate := replace(compact, '-', '');
    else
        words := upper(canon.plain_text(compact) collate "C");
        if words !~ '[0-9]' or words ~ '\mSIN *PLACA|DRAFT|\m(?:TEST|TEMP)' then
            return null;
        end if;
        words := translate(words, 'ÁÉÍÓÚ[]_', 'AEIOU() ');
        words := regexp_replace(words, '(?<=[0-9A-Z])[.,]0+(?![0-9A-Z])', '', 'g');
        -- notes; a label joined to the plate; words, also with digits (YARIS, TAXI01); short labels; years behind a word
        words := regexp_replace(
            words,
            '(?<=[0-9][A-Z]{0,2} *)\((?![A-Z][A-Z0-9]{2}[- ]?[0-9]{3}\))[^)]*(?:\)|$)|\m(?:PLACAS?|PLATE)(?=[A-Z][A-Z0-9]{2}[0-9]{2})'
            '|\m(?!PLACAS?[A-Z][A-Z0-9]{2}[0-9]{2}|[A-Z]{3}[OI][0-9OI]*[0-9][0-9OI]*\M)[A-Z]{4,}[0-9]*\M'
            '|\m(?:TAXI|AUTO|MOTO|MINI|AUDI|AVEO|POLO|CLIO|TICO|ALTO|VITO|ECHO|NIRO)[0-9]+\M'
            '|\m(?:PL|PLC|PLT|NRO|NUM|NO|N|EN|DE|LA|EL|MI|P/)(?![A-Z0-9]|[-. ]*[0-9]{2,3}[A-Z]?\M| *-)[.:°]*'
            '|(?<=(?:^|[^A-Z0-9])(?:MG|VW|[A-Z][0-9]?|[A-Z0-9]{3,}) )(?:19[5-9]|20[0-3])[0-9]\M(?! *-)',
            '|', 'g'
        );
        plate := translate(words, translate(words, '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ', ''), '');
        if length(plate) > 7 then
            -- the first text in the form of a plate
            plate := translate(substring(
                words from
                '(?<![0-9A-Z]|[0-9A-Z]-)(?=[^|]{0,12}[0-9])([A-Z][A-Z0-9]{2}[-. ]{0,3}[0-9OI]{3}'
                '|[A-Z]{2}[-. ]{0,3}[0-9]{4}|[A-Z][0-9][-. ]{0,3}[0-9]{4}|[0-9]{4}[-. ]{0,3}[0-9A-Z][A-Z]'
                '|[A-Z]{3}[-. ]{0,3}[0-9]{2}[A-Z]?|[RST][-. ]{0,3}[0-9]{5})(?![0-9A-Z]|-[0-9A-Z])'
            ), '-. ', '');
        end if;
    end if;

    if length(plate) not between 5 and 7 or plate !~ '[0-9]' or plate ~ '^XXX|^TEST|^TEMP' then
        return null;
    end if;
    plate := translate(plate, 'OI', '01');
    -- no plate has four letters at its beginning, or a year behind three signs
    if plate !~ '[A-Z]'
        or plate ~ '^[A-Z]{4}|^[A-Z][A-Z0-9]{2}(?:19[5-9]|20[0-3])[0-9]$'
        or plate ~ '^[A-Z]+0+$|^[A-Z0-9]{3}000$'
        or plate ~ '^([A-Z])\1+([0-9])\2+$'
    then
        return null;
    end if;
    return plate;
end
$_$;

CREATE FUNCTION canon.normalise_word(raw text) RETURNS text
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
    AS $_$
declare
    compact text := upper(left(raw, 200) collate "C");
begin
    if compact ~ '[^0-9A-Z]' then
        if octet_length(compact) <> length(compact) then
            -- NFKD separates letter and accent; the accent is removed below
            compact := upper(normalize(compact, NFKD) collate "C");
        end if;
        compact := translate(compact, translate(compact, '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ', ''), '');
    end if;
    compact := left(compact, 60);
    if compact ~ '^(|NA|SN|X+|0+|NULL|NONE|NINGUN[AO]|OTR[AO]S?|OTHER|UNKNOWN|TEST|PRUEBA)$'
        or compact ~ '^(DESCONOCID[AO]|SINMARCA|SINMODELO)$'
    then
        return null;
    end if;
    return compact;
end
$_$;

CREATE FUNCTION canon.overdue(due timestamp without time zone, today date) RETURNS TABLE(days_overdue_yango integer, overdue_bucket_yango text)
    LANGUAGE sql IMMUTABLE ROWS 1 PARALLEL SAFE
    AS $$
    select
        days.overdue,
        case
            when days.overdue = 0 then '0_not_due'
            when days.overdue <= 7 then '1_1_7'
            when days.overdue <= 14 then '2_8_14'
            when days.overdue <= 30 then '3_15_30'
            else '4_30_plus'
        end
    from (select greatest(0, overdue.today - overdue.due::date) as overdue) as days
$$;

CREATE FUNCTION canon.parse_date_file(raw text) RETURNS date
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $_$
    select case
        when raw ~ ('^[\s\u00a0\u2000-\u200b\u202f\u205f\u3000\ufeff]*'
            || '(?:(?:(?:0?[1-9]|1\d|2[0-8])-(?:0?[1-9]|1[0-2])|(?:29|30)-(?:0?[13-9]|1[0-2])'
            || '|31-(?:0?[13578]|1[02]))-20\d\d|29-0?2-20(?:[02468][048]|[13579][26]))'
            || '[\s\u00a0\u2000-\u200b\u202f\u205f\u3000\ufeff]*$')
            then make_date(
                substring(raw from '-(\d{4})')::integer,
                substring(raw from '-(\d+)-')::integer,
                substring(raw from '(\d+)-')::integer
            )
        when raw ~ ('^[\s\u00a0\u2000-\u200b\u202f\u205f\u3000\ufeff]*'
            || '(?:20\d\d-(?:(?:0?[1-9]|1[0-2])-(?:0?[1-9]|1\d|2[0-8])|(?:0?[13-9]|1[0-2])-(?:29|30)'
            || '|(?:0?[13578]|1[02])-31)|20(?:[02468][048]|[13579][26])-0?2-29)'
            || '[\s\u00a0\u2000-\u200b\u202f\u205f\u3000\ufeff]*$')
            then make_date(
                substring(raw from '(\d{4})-')::integer,
                substring(raw from '-(\d+)-')::integer,
                substring(raw from '-\d+-(\d+)')::integer
            )
    end
$_$;

CREATE FUNCTION canon.parse_unzoned(raw text) RETURNS timestamp without time zone
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $_$
    select
        canon.parse_date_file(parts[1])
        + make_interval(
            hours => coalesce(parts[2], '0')::integer,
            mins => coalesce(parts[3], '0')::integer,
            secs => coalesce(parts[4], '0')::double precision
        )
    from regexp_match(
        raw,
        '^\s*(\d{1,4}-\d{1,2}-\d{1,4})(?:[T ]\s*([01]?\d|2[0-3]):([0-5]\d)(?::([0-5]\d(?:\.\d{1,9})?))?)?\s*$'
    ) as parts
$_$;

CREATE FUNCTION canon.parse_zoned(raw text) RETURNS timestamp with time zone
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $_$
    select
        (
            canon.parse_unzoned(parts[1])
            - case when left(parts[2], 1) = '-' then -1 else 1 end
            * make_interval(
                hours => coalesce(substring(parts[2] from '^[+-](\d\d)'), '0')::integer,
                mins => coalesce(substring(parts[2] from '^[+-]\d\d:?(\d\d)'), '0')::integer
            )
        ) at time zone 'UTC'
    from regexp_match(raw, '^(.*\d:\d\d[\d:.]*)\s*(Z|z|UTC|[+-](?:0\d|1[0-5])(?::?[0-5]\d)?)\s*$') as parts
$_$;

CREATE FUNCTION canon.phone_key(raw text, country text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
    select coalesce(canon.normalise_phone(raw, country), canon.foreign_phone(raw, country))
$$;

CREATE FUNCTION canon.phone_text(raw text, drop_markers boolean) RETURNS text
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
    AS $_$
declare
    -- a limit on the length keeps long rubbish cheap
    phones text := canon.spreadsheet_number(canon.plain_text(left(btrim(raw, E' \t\r\n'), 200)));
    before text;
begin
    if phones ~ '[%&]|[.][Mm][Ee]/|[Ee]=' then
        phones := regexp_replace(phones, '%2B|&#43;|&plus;', '+', 'gi');
        phones := regexp_replace(phones, '%[0-9A-F]{2}', ' ', 'gi');
        phones := regexp_replace(phones, '(wa\.me/|[?&]phone=)(?=[0-9]{11})', '\1+', 'gi');
    end if;
    if phones ~ '[-/.][0-9][0-9]?[-/.][0-9]|[Dd][Nn][Ii]|[Rr][Uu][Cc]|[Cc][.]?[Cc]|[Cc][Ee][Dd]' then
        phones := regexp_replace(
            phones,
            '(?<![0-9])[0-3]?[0-9][-/.][01]?[0-9][-/.](?:19|20)[0-9]{2}(?![-/.]?[0-9])'
            '|\m(?:DNI|RUC|CEDULA|C\.?C)\M[^0-9+]{0,5}[0-9][0-9.]*',
            '|', 'gi'
        );
    end if;
    if drop_markers then
        phones := regexp_replace(
            phones,
            '#[1-9](?= )|(?<![0-9(+])[1-9](?:\)|[.]-?(?= )|[.]?-(?= *[0-9]{8}))'
            '|(?<=[A-Za-z])[.]? ?[0-9](?= *[:.)-]| +[0-9+(])'
            '|(?<=[0-9]) *\([0-9][0-9]?\)$',
            ' ', 'g'
        );
    end if;
    phones := replace(phones, '(0)', ' ');
    phones := regexp_replace(phones, '[A-Za-z]+', 'x', 'g');
    phones := regexp_replace(phones, '[]/,;:|&=?"#*<>{}@$!\\^%\n\r\v\f[]+', '|', 'g');
    phones := regexp_replace(phones, '[^0-9+|x]+', ' ', 'g');

    if phones ~ '[+]|(^|[ |x])00' then
        -- 00, and zeros behind a plus
        phones := regexp_replace(phones, '(^ ?|x ?)00[ |]*(?=[1-9])|([|] ?)00 ?(?=[1-9](?: ?[0-9]){7})', '\1\2+', 'g');
        phones := regexp_replace(phones, '[+][ +]*(?:0 *)*', '+', 'g');
        -- a code that two systems wrote
        phones := regexp_replace(phones, '[+]([0-9]{1,3})[ |]*[+]\1', '+\1', 'g');
        for i in 1 .. 4 loop
            before := phones;
            phones := regexp_replace(phones, '([+](?:[0-9] ?){0,7})[|x][|x ]*(?=[0-9])', '\1 ', 'g');
            exit when phones = before;
        end loop;
        phones := replace(phones, '+', '|+');
    end if;
    return replace(phones, 'x', '|x');
end
$_$;

CREATE FUNCTION canon.plain_text(raw text) RETURNS text
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
    AS $$
declare
    plain text := raw;
    zero integer;
begin
    if octet_length(plain) = length(plain) then
        return plain;
    end if;
    plain := normalize(replace(translate(plain, 'ºª', '°°'), '№', 'N°'), NFKC);
    if octet_length(plain) = length(plain) then
        return plain;
    end if;
    plain := regexp_replace(
        plain,
        '[\u0080-\u0084\u0086-\u009F\u00AD\u034F\u061C\u115F\u1160\u17B4\u17B5\u180B-\u180E\u200B-\u200F'
        '\u202A-\u202E\u2060-\u206F\u20E3\uFE00-\uFE0F\uFEFF\uFFF9-\uFFFB\U000E0000-\U000E007F]+',
        '', 'g'
    );
    plain := regexp_replace(plain, '[\u058A\u2010-\u2015\u2043\u2212]', '-', 'g');
    plain := regexp_replace(plain, '[\u1680\u2028\u2029\u0085]', ' ', 'g');
    if plain ~ '[\u0660-\u1C59\uA620-\uABF9]' then
        -- the zeros of the scripts whose digits follow one another
        foreach zero in array '{
            1632, 1776, 1984, 2406, 2534, 2662, 2790, 2918, 3046, 3174, 3302, 3430, 3558, 3664, 3792, 3872, 4160,
            4240, 6112, 6160, 6470, 6608, 6784, 6800, 6992, 7088, 7232, 7248, 42528, 43216, 43264, 43472, 43504,
            43600, 44016
        }'::integer[] loop
            for digit in 0 .. 9 loop
                plain := replace(plain, chr(zero + digit), digit::text);
            end loop;
        end loop;
    end if;
    return plain;
end
$$;

CREATE FUNCTION canon.plausible_date(raw date) RETURNS date
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
    select case when raw between date '2000-01-01' and date '2100-12-31' then raw end
$$;

CREATE FUNCTION canon.queue_attribution() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
declare
    persons uuid[];
begin
    if tg_op = 'UPDATE' then
        select array_agg(distinct changed.person_key order by changed.person_key) into persons
        from (select before.person_key from before union all select after.person_key from after) as changed
        where changed.person_key is not null;
    else
        select array_agg(distinct changed.person_key order by changed.person_key) into persons
        from changed where changed.person_key is not null;
    end if;
    if persons is null then
        return null;
    end if;
    -- before the claims were first derived nothing is queued: then all are
    insert into canon.cabinet_claims_queue (kind, value)
    select 'person', changed.person_key::text
    from unnest(persons) as changed (person_key)
    where exists (select 1 from canon.read_model_refreshes as kept where kept.read_model = 'cabinet_claims');
    with locked as materialized (
        select queued.person_key
        from canon.attribution_queue as queued
        where queued.person_key = any(persons)
        order by queued.person_key
        for key share
    )

    insert into canon.attribution_queue (person_key)
    select changed.person_key
    from unnest(persons) as changed (person_key)
    where changed.person_key not in (select locked.person_key from locked)
    on conflict (person_key) do update set person_key = excluded.person_key;
    return null;
end
$$;

CREATE FUNCTION canon.queue_checks_of_identity_links() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    if not exists (select 1 from ops.check_results as result where result.run_id is not null) then
        return null;
    end if;
    if tg_op = 'UPDATE' then
        insert into canon.check_queue (source_table, source_pk, person_key)
        select before.source_table, before.source_pk, before.person_key from before
        union
        select after.source_table, after.source_pk, after.person_key from after;
    else
        insert into canon.check_queue (source_table, source_pk, person_key)
        select changed.source_table, changed.source_pk, changed.person_key from changed;
    end if;
    return null;
end
$$;

CREATE FUNCTION canon.queue_checks_of_identity_unmatched() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    if not exists (select 1 from ops.check_results as result where result.run_id is not null) then
        return null;
    end if;
    if tg_op = 'UPDATE' then
        insert into canon.check_queue (source_table, source_pk, person_key)
        select before.source_table, before.source_pk, null::uuid from before
        union
        select after.source_table, after.source_pk, null::uuid from after;
    else
        insert into canon.check_queue (source_table, source_pk, person_key)
        select changed.source_table, changed.source_pk, null::uuid from changed;
    end if;
    return null;
end
$$;

CREATE FUNCTION canon.queue_checks_of_lead_events() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    if not exists (select 1 from ops.check_results as result where result.run_id is not null) then
        return null;
    end if;
    if tg_op = 'UPDATE' then
        insert into canon.check_queue (source_table, source_pk, person_key)
        select before.source_table, before.source_pk, before.person_key from before
        union
        select after.source_table, after.source_pk, after.person_key from after;
    else
        insert into canon.check_queue (source_table, source_pk, person_key)
        select changed.source_table, changed.source_pk, changed.person_key from changed;
    end if;
    return null;
end
$$;

CREATE FUNCTION canon.queue_checks_of_lead_ledger() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    if not exists (select 1 from ops.check_results as result where result.run_id is not null) then
        return null;
    end if;
    if tg_op = 'UPDATE' then
        insert into canon.check_queue (source_table, source_pk, person_key)
        select null::text, null::text, before.person_key from before
        union
        select null::text, null::text, after.person_key from after;
    else
        insert into canon.check_queue (source_table, source_pk, person_key)
        select null::text, null::text, changed.person_key from changed;
    end if;
    return null;
end
$$;

CREATE FUNCTION canon.queue_claims_of_accounts() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    if not exists (select 1 from canon.read_model_refreshes as kept where kept.read_model = 'cabinet_claims') then
        return null;
    end if;
    if tg_op = 'UPDATE' then
        insert into canon.cabinet_claims_queue (kind, value)
        with changed as (
            (select before.source_pk, before.person_key from before where before.source_table = 'drivers')
            except
            (select after.source_pk, after.person_key from after where after.source_table = 'drivers')
            union all
            (
                (select after.source_pk, after.person_key from after where after.source_table = 'drivers')
                except
                (select before.source_pk, before.person_key from before where before.source_table = 'drivers')
            )
        )

        select 'person', changed.person_key::text from changed
        union
        select 'driver', changed.source_pk from changed;
    else
        insert into canon.cabinet_claims_queue (kind, value)
        select 'person', changed.person_key::text from changed where changed.source_table = 'drivers'
        union
        select 'driver', changed.source_pk from changed where changed.source_table = 'drivers';
    end if;
    return null;
end
$$;

CREATE FUNCTION canon.queue_former_keys() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    insert into canon.person_backfill_queue (kind, value)
    select
        carried.kind,
        carried.value
    from (values ('phone', old.phone_norm), ('license', old.license_norm)) as carried (kind, value)
    where carried.value is not null;
    return null;
end
$$;

CREATE FUNCTION canon.queue_keys_of_removed_links() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    insert into canon.person_backfill_queue (kind, value)
    with gone as (
        select before.source_table, before.source_pk, before.person_key
        from before
        where not exists (
            select 1 from canon.identity_links as link where link.id = before.id and link.person_key = before.person_key
        )
    ),

    affected as (
        select gone.source_table, gone.source_pk from gone
        union
        select sibling.source_table, sibling.source_pk
        from gone
        inner join canon.identity_links as sibling on sibling.person_key = gone.person_key
    )

    select distinct
        carried.kind,
        carried.value
    from affected
    inner join canon.records_index as record using (source_table, source_pk)
    cross join lateral (values ('phone', record.phone_norm), ('license', record.license_norm)) as carried (kind, value)
    where carried.value is not null;
    return null;
end
$$;

CREATE FUNCTION canon.queue_payments_of_lost_accounts() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    insert into canon.payment_queue (person_key)
    select distinct before.person_key from before where before.source_table = 'drivers'
    on conflict do nothing;
    return null;
end
$$;

CREATE FUNCTION canon.queue_payments_of_quarantined_accounts() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    insert into canon.payment_queue (person_key)
    select link.person_key
    from changed
    inner join canon.identity_links as link on link.source_table = 'drivers' and link.source_pk = changed.driver_id
    on conflict do nothing;
    insert into canon.cabinet_claims_queue (kind, value)
    select 'driver', changed.driver_id from changed;
    return null;
end
$$;

CREATE FUNCTION canon.queue_unshared_keys() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    insert into canon.person_backfill_queue (kind, value)
    select before.kind, before.value
    from before
    where before.kind in ('phone', 'license');
    return null;
end
$$;

CREATE FUNCTION canon.read_drivers() RETURNS TABLE(row_version xid, transaction_id xid, driver_id text, park_id text, phone text, license_number text, license_normalized_number text, full_name text, name_parts text, car_number text, car_normalized_number text, car_brand text, car_model text, hire_date date, came_at_local timestamp without time zone, came_at timestamp with time zone)
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$
    select
        canon.row_version(source.xid, source.content), nullif(source.xid, '0'::xid), source.driver_id, source.park_id,
        source.phone, source.license_number, source.license_normalized_number, source.full_name, source.name_parts,
        source.car_number, source.car_normalized_number, source.car_brand, source.car_model, source.hire_date,
        source.came_at_local, source.came_at
    from (values (null::xid)) as absent (xmin)
    cross join lateral (
        select
            xmin as xid,
            driver::text as content,
            canon.as_text(driver.driver_id) as driver_id,
            canon.as_text(driver.park_id) as park_id,
            canon.as_text(driver.phone) as phone,
            canon.as_text(driver.license_number) as license_number,
            canon.as_text(driver.license_normalized_number) as license_normalized_number,
            canon.as_text(driver.full_name) as full_name,
            concat_ws(
                ' ', canon.as_text(driver.first_name), canon.as_text(driver.middle_name),
                canon.as_text(driver.last_name)
            ) as name_parts,
            canon.as_text(driver.car_number) as car_number,
            canon.as_text(driver.car_normalized_number) as car_normalized_number,
            canon.as_text(driver.car_brand) as car_brand,
            canon.as_text(driver.car_model) as car_model,
            canon.as_day(driver.hire_date, (select zone.timezone from ops.local_time_zone as zone)) as hire_date,
            greatest(canon.as_unzoned(driver.created_at), canon.as_unzoned(driver.updated_at)) as came_at_local,
            greatest(canon.as_zoned(driver.created_at), canon.as_zoned(driver.updated_at)) as came_at
        from public.drivers as driver
    ) as source
$$;

CREATE FUNCTION canon.read_drivers_hire_date(driver_id character varying) RETURNS date
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    select driver.hire_date
    from canon.source_drivers as driver
    where driver.driver_id = read_drivers_hire_date.driver_id
    limit 1
$$;

CREATE FUNCTION canon.read_drivers_names() RETURNS TABLE(driver_id text, full_name text, name_parts text)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    select driver.driver_id, driver.full_name, driver.name_parts
    from canon.source_drivers as driver
$$;

CREATE FUNCTION canon.read_drivers_written(driver_id character varying) RETURNS jsonb
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    select jsonb_build_object(
        'driver_name', driver.full_name, 'driver_phone', driver.phone, 'driver_license', driver.license_number,
        'plate', driver.car_number, 'brand', driver.car_brand, 'model', driver.car_model
    )
    from canon.source_drivers as driver
    where driver.driver_id = read_drivers_written.driver_id
    limit 1
$$;

CREATE FUNCTION canon.read_module_ct_cabinet_leads() RETURNS TABLE(row_version xid, transaction_id xid, id bigint, id_text text, external_id text, lead_day date, lead_time timestamp without time zone, name text, phone text, plate text, car_model text, came_at_local timestamp without time zone, came_at timestamp with time zone, unreadable text[])
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$
    select
        canon.row_version(source.xid, source.content), nullif(source.xid, '0'::xid), source.id, source.id_text,
        source.external_id, source.lead_day, source.lead_time, source.name, source.phone, source.plate,
        source.car_model, source.came_at_local, source.came_at, source.unreadable
    from (values (null::xid, null::timestamp)) as absent (xmin, created_at)
    cross join lateral (
        select
            xmin as xid,
            lead::text as content,
            canon.as_row_id(lead.id) as id,
            canon.as_text(lead.id) as id_text,
            canon.as_text(lead.external_id) as external_id,
            canon.as_day(lead.lead_created_at, (select zone.timezone from ops.local_time_zone as zone)) as lead_day,
            canon.as_local_time(lead.lead_created_at, (select zone.timezone from ops.local_time_zone as zone))
                as lead_time,
            concat_ws(
                ' ', canon.as_text(lead.first_name), canon.as_text(lead.middle_name), canon.as_text(lead.last_name)
            ) as name,
            canon.as_text(lead.park_phone) as phone,
            canon.as_text(lead.asset_plate_number) as plate,
            canon.as_text(lead.asset_model) as car_model,
            coalesce(
                canon.as_unzoned(created_at),
                case when canon.as_zoned(created_at) is null then canon.as_unzoned(lead.lead_created_at) end
            ) as came_at_local,
            coalesce(
                canon.as_zoned(created_at),
                case when canon.as_unzoned(created_at) is null then canon.as_zoned(lead.lead_created_at) end
            ) as came_at,
            case
                when
                    lead.lead_created_at is not null
                    and canon.as_unzoned(lead.lead_created_at) is null
                    and canon.as_zoned(lead.lead_created_at) is null
                    then array['lead_created_at']
            end as unreadable
        from public.module_ct_cabinet_leads as lead
    ) as source
$$;

CREATE FUNCTION canon.read_module_ct_cabinet_payments() RETURNS TABLE(transaction_id xid, payment_id integer, pay_date date, pay_time time without time zone, scout_id integer, driver_name text, is_paid_1 boolean, is_paid_5 boolean, is_paid_25 boolean, driver_id text, person_key uuid, came_at_local timestamp without time zone, came_at timestamp with time zone)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    select
        nullif(source.xid, '0'::xid), source.payment_id, source.pay_date, source.pay_time, source.scout_id,
        source.driver_name, source.is_paid_1, source.is_paid_5, source.is_paid_25, source.driver_id,
        source.person_key, source.came_at_local, source.came_at
    from (values (null::xid, null::text, null::uuid)) as absent (xmin, driver_id, person_key)
    cross join lateral (
        select
            xmin as xid,
            canon.as_integer(payment.id) as payment_id,
            canon.as_day(payment.date, (select zone.timezone from ops.local_time_zone as zone)) as pay_date,
            canon.as_clock(payment.time) as pay_time,
            canon.as_integer(payment.scout_id) as scout_id,
            canon.as_text(payment.driver) as driver_name,
            canon.as_flag(payment.trip_1) as is_paid_1,
            canon.as_flag(payment.trip_5) as is_paid_5,
            canon.as_flag(payment.trip_25) as is_paid_25,
            canon.as_text(driver_id) as driver_id,
            canon.as_uuid(person_key) as person_key,
            canon.as_unzoned(payment.created_at) as came_at_local,
            canon.as_zoned(payment.created_at) as came_at
        from public.module_ct_cabinet_payments as payment
    ) as source
$$;

CREATE FUNCTION canon.read_module_ct_migrations() RETURNS TABLE(row_version xid, transaction_id xid, id bigint, id_text text, driver_id text, name text, scout_id integer, scout_name text, hired_on date, created_local timestamp without time zone, came_at_local timestamp without time zone, came_at timestamp with time zone, unreadable text[])
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$
    select
        canon.row_version(source.xid, source.content), nullif(source.xid, '0'::xid), source.id, source.id_text,
        source.driver_id, source.name, source.scout_id, source.scout_name, source.hired_on, source.created_local,
        source.came_at_local, source.came_at, source.unreadable
    from (values (null::xid)) as absent (xmin)
    cross join lateral (
        select
            xmin as xid,
            migration::text as content,
            canon.as_row_id(migration.id) as id,
            canon.as_text(migration.id) as id_text,
            canon.as_text(migration.driver_id) as driver_id,
            canon.as_text(migration.driver_name) as name,
            canon.as_integer(migration.scout_id) as scout_id,
            canon.as_text(migration.scout_name) as scout_name,
            canon.as_day(migration.hire_date, (select zone.timezone from ops.local_time_zone as zone)) as hired_on,
            canon.as_local_time(migration.created_at, (select zone.timezone from ops.local_time_zone as zone))
                as created_local,
            canon.as_unzoned(migration.created_at) as came_at_local,
            canon.as_zoned(migration.created_at) as came_at,
            array_remove(array[
                case
                    when migration.scout_id is not null and canon.as_integer(migration.scout_id) is null
                        then 'scout_id'
                end,
                case
                    when migration.hire_date is not null and canon.as_day(migration.hire_date, 'UTC') is null
                        then 'hire_date'
                end
            ], null) as unreadable
        from public.module_ct_migrations as migration
    ) as source
$$;

CREATE FUNCTION canon.read_module_ct_scout_drivers() RETURNS TABLE(transaction_id xid, came_at_local timestamp without time zone, came_at timestamp with time zone)
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$
    select
        nullif(source.xid, '0'::xid), source.came_at_local, source.came_at
    from (values (null::xid)) as absent (xmin)
    cross join lateral (
        select
            xmin as xid,
            greatest(canon.as_unzoned(pair.created_at), canon.as_unzoned(pair.updated_at)) as came_at_local,
            greatest(canon.as_zoned(pair.created_at), canon.as_zoned(pair.updated_at)) as came_at
        from public.module_ct_scout_drivers as pair
    ) as source
$$;

CREATE FUNCTION canon.read_module_ct_scouting_daily() RETURNS TABLE(row_version xid, transaction_id xid, id bigint, id_text text, registered_on date, scout_id integer, name text, phone text, license text, acquisition_method text, came_at_local timestamp without time zone, came_at timestamp with time zone, unreadable text[])
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$
    select
        canon.row_version(source.xid, source.content), nullif(source.xid, '0'::xid), source.id, source.id_text,
        source.registered_on, source.scout_id, source.name, source.phone, source.license, source.acquisition_method,
        source.came_at_local, source.came_at, source.unreadable
    from (values (null::xid)) as absent (xmin)
    cross join lateral (
        select
            xmin as xid,
            scouting::text as content,
            canon.as_row_id(scouting.id) as id,
            canon.as_text(scouting.id) as id_text,
            canon.as_day(scouting.registration_date, (select zone.timezone from ops.local_time_zone as zone))
                as registered_on,
            canon.as_integer(scouting.scout_id) as scout_id,
            canon.as_text(scouting.driver_name) as name,
            canon.as_text(scouting.driver_phone) as phone,
            canon.as_text(scouting.driver_license) as license,
            canon.as_text(scouting.acquisition_method) as acquisition_method,
            canon.as_unzoned(scouting.created_at) as came_at_local,
            canon.as_zoned(scouting.created_at) as came_at,
            array_remove(array[
                case
                    when scouting.scout_id is not null and canon.as_integer(scouting.scout_id) is null then 'scout_id'
                end,
                case
                    when
                        scouting.registration_date is not null
                        and canon.as_day(scouting.registration_date, 'UTC') is null
                        then 'registration_date'
                end
            ], null) as unreadable
        from public.module_ct_scouting_daily as scouting
    ) as source
$$;

CREATE FUNCTION canon.read_module_ct_scouts_list() RETURNS TABLE(transaction_id xid, scout_id integer, name text, raw_name text, is_active boolean, created_at timestamp without time zone, updated_at timestamp without time zone, came_at_local timestamp without time zone, came_at timestamp with time zone)
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$
    select
        nullif(source.xid, '0'::xid), source.scout_id, source.name, source.raw_name, source.is_active,
        canon.as_local_time(source.created_at, zone.timezone), canon.as_local_time(source.updated_at, zone.timezone),
        greatest(canon.as_unzoned(source.created_at), canon.as_unzoned(source.updated_at)),
        greatest(canon.as_zoned(source.created_at), canon.as_zoned(source.updated_at))
    from ops.local_time_zone as zone
    cross join (values (null::xid, null::timestamp, null::timestamp)) as absent (xmin, created_at, updated_at)
    cross join lateral (
        select
            xmin as xid,
            canon.as_integer(scout.scout_id) as scout_id,
            canon.as_text(scout.name) as name,
            canon.as_text(scout.raw_name) as raw_name,
            canon.as_flag(scout.is_active) as is_active,
            created_at,
            updated_at
        from public.module_ct_scouts_list as scout
    ) as source
$$;

CREATE FUNCTION canon.read_module_ct_scouts_list_current() RETURNS TABLE(scout_id integer, raw_name character varying, is_active boolean, created_at timestamp without time zone, updated_at timestamp without time zone)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    select distinct on (scout.scout_id)
        scout.scout_id,
        case when btrim(scout.raw_name) <> '' then scout.raw_name else scout.name end::varchar as raw_name,
        scout.is_active,
        scout.created_at,
        scout.updated_at
    from canon.read_module_ct_scouts_list() as scout
    where scout.scout_id is not null
    order by
        scout.scout_id,
        coalesce(scout.is_active, false) desc,
        scout.updated_at desc nulls last,
        scout.created_at desc nulls last,
        scout.raw_name
$$;

CREATE FUNCTION canon.read_summary_daily() RETURNS TABLE(transaction_id xid, row_place tid, driver_id text, day_text text, trips integer, work_seconds bigint, loaded_at timestamp without time zone, came_at_local timestamp without time zone, came_at timestamp with time zone)
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$
    select
        nullif(source.xid, '0'::xid), canon.row_place(source.xid, source.tid, source.content), source.driver_id,
        source.day_text, source.trips, source.work_seconds, source.loaded_at, source.came_at_local, source.came_at
    from (values (null::xid, null::tid)) as absent (xmin, ctid)
    cross join lateral (
        select
            xmin as xid,
            ctid as tid,
            daily::text as content,
            canon.as_text(daily.driver_id) as driver_id,
            case
                when daily.count_orders_completed is null or canon.as_integer(daily.count_orders_completed) is not null
                    then canon.as_day_text(daily.date_file, (select zone.timezone from ops.local_time_zone as zone))
                else ''
            end as day_text,
            canon.as_integer(daily.count_orders_completed) as trips,
            canon.as_seconds(daily.sum_work_time_seconds) as work_seconds,
            canon.as_local_time(daily.created_at, (select zone.timezone from ops.local_time_zone as zone))
                as loaded_at,
            canon.as_unzoned(daily.created_at) as came_at_local,
            canon.as_zoned(daily.created_at) as came_at
        from public.summary_daily as daily
    ) as source
$$;

CREATE FUNCTION canon.record_digest(name_norm text, phone_norm text, license_norm text, plate_norm text, driver_id text, event_date date) RETURNS uuid
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
    select case
        when coalesce(name_norm, phone_norm, license_norm, driver_id) is not null then md5(
            coalesce(name_norm, '') || '|' || coalesce(phone_norm, '') || '|' || coalesce(license_norm, '') || '|'
            || coalesce(plate_norm, '') || '|' || coalesce(driver_id, '') || '|'
            || coalesce(event_date - date '2000-01-01', -1)::text
        )::uuid
    end
$$;

CREATE FUNCTION canon.record_source_chunk_digests(source_table text, run_id integer, but bigint[] DEFAULT '{}'::bigint[]) RETURNS void
    LANGUAGE plpgsql
    AS $$
#variable_conflict use_column
begin
    update canon.source_chunk_digests as known
    set is_read = true
    from ops.run_settings(record_source_chunk_digests.run_id) as run
    where
        known.source_table = record_source_chunk_digests.source_table
        and not known.is_read
        and known.chunk <> all(record_source_chunk_digests.but)
        and case
            when record_source_chunk_digests.source_table = 'drivers' then run.is_index_refreshed
            else
                run.scope_date_from is null
                and run.scope_date_to is null
                and (run.source_tables is null or record_source_chunk_digests.source_table = any(run.source_tables))
        end;
end
$$;

CREATE FUNCTION canon.rekey_records(source_table text, former_pks text[], new_pks text[]) RETURNS void
    LANGUAGE plpgsql
    AS $_$
declare
    relation text;
begin
    foreach relation in array array[
        'canon.records_index', 'canon.identity_links', 'canon.identity_unmatched', 'canon.identity_contested',
        'canon.replaced_records', 'observational.lead_events'
    ] loop
        -- in two steps, because keys are unique at every moment
        execute format(
            'update %s as held set source_pk = ''~'' || moved.new_pk'
            ' from unnest($2, $3) as moved (former_pk, new_pk)'
            ' where held.source_table = $1 and held.source_pk = moved.former_pk', relation
        ) using source_table, former_pks, new_pks;
        execute format(
            'update %s as held set source_pk = moved.new_pk from unnest($2) as moved (new_pk)'
            ' where held.source_table = $1 and held.source_pk = ''~'' || moved.new_pk', relation
        ) using source_table, new_pks;
    end loop;
end
$_$;

CREATE FUNCTION canon.repair_text(raw text) RETURNS text
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
    AS $_$
declare
    fixed text := raw;
    written text[];
    code integer;
begin
    if fixed ~ '[&\\]|[Uu]00' then
        fixed := regexp_replace(fixed, '&amp;', '&', 'gi');
        fixed := regexp_replace(
            fixed, '&([a-z])(acute|grave|circ|tilde|uml|cedil|ring|slash|caron);?', '\1', 'gi'
        );
        fixed := regexp_replace(fixed, '&(apos|[lr]squo|shy|zwnj|zwj);', '', 'gi');
        fixed := regexp_replace(fixed, '&(nbsp|quot|[lr]dquo|[nm]dash|lt|gt|middot|bull);', ' ', 'gi');
        fixed := regexp_replace(fixed, '(?<!\\)[Uu](00[C-Fc-f][0-9A-Fa-f])', '\\u\1', 'g');
        loop
            written := regexp_match(
                fixed,
                '(&#([0-9]{1,7});?|&#x([0-9a-f]{1,6});?|\\+u([0-9a-f]{4})|\\+x([0-9a-f]{2}))', 'i'
            );
            exit when written is null;
            code := coalesce(
                written[2]::integer,
                ('x' || lpad(coalesce(written[3], written[4], written[5]), 8, '0'))::bit(32)::integer
            );
            -- no character: half of a pair of surrogates, a control character, or beyond the last one
            fixed := replace(
                fixed, written[1],
                case when code between 32 and 55295 or code between 57344 and 1114111 then chr(code) else ' ' end
            );
        end loop;
    end if;
    if octet_length(fixed) = length(fixed) then
        return fixed;
    end if;

    if fixed ~ '[ÃãÂâ]' then
        -- the layers but the last: what a second reading made of the first one's characters
        for layer in 1 .. 3 loop
            exit when fixed !~ '[Ãã][ƒƑ\u0083]';
            fixed := regexp_replace(fixed, '[Ãã][ƒƑ\u0083]', 'Ã', 'g');
            fixed := regexp_replace(fixed, '[Ãã]¢', 'â', 'g');
            fixed := regexp_replace(fixed, '[Ãã]…', 'Å', 'g');
            fixed := regexp_replace(fixed, '[Ââ]‚¬', '€', 'g');
            fixed := regexp_replace(fixed, '[Ëë][œŒ]', '˜', 'g');
            fixed := regexp_replace(fixed, '[Ãã][‚\u0082]', 'Â', 'g');
            fixed := regexp_replace(fixed, '[Ææ][’\u0092]', 'ƒ', 'g');
            fixed := regexp_replace(fixed, '[Ââ][\u0080€][˜\u0098]', '‘', 'g');
            fixed := regexp_replace(fixed, '[Ââ][\u0080€][œŒ\u009C]', '“', 'g');
            fixed := regexp_replace(fixed, '[Ââ][\u0080€]°', '‰', 'g');
            fixed := regexp_replace(fixed, '[Åå]¡', 'š', 'g');
            fixed := regexp_replace(fixed, '[Åå][“\u0093]', 'œ', 'g');
            fixed := regexp_replace(fixed, '[Ââ]([\u0080-\u00BF])', '\1', 'g');
        end loop;
        fixed := regexp_replace(fixed, '[Ãã][¡\u0081]', 'a', 'g');
        fixed := regexp_replace(fixed, '[Ãã][©‰\u0089¨]', 'e', 'g');
        fixed := regexp_replace(fixed, '[Ãã][\u00AD\u008D]', 'i', 'g');
        fixed := regexp_replace(fixed, '[Ãã][³“\u0093²]', 'o', 'g');
        fixed := regexp_replace(fixed, '[Ãã][º¼šŠœŒ\u009A\u009C]', 'u', 'g');
        fixed := regexp_replace(fixed, '[Ãã][±‘\u0091]', 'n', 'g');
        fixed := regexp_replace(fixed, '[Ãã][§‡\u0087]', 'c', 'g');
        -- the second half of í is a soft hyphen, which many programs lose: GARCÃA
        fixed := regexp_replace(fixed, '([A-Za-z])[Ãã](?=[Aa])', '\1i', 'g');
        fixed := regexp_replace(fixed, '[Ââ](?=[\u0080-\u00BF])', '', 'g');
    end if;
    if fixed ~ '[├√]' then
        fixed := regexp_replace(fixed, '├[íü]|√[°Å]', 'a', 'g');
        fixed := regexp_replace(fixed, '├[®ë]|√[©â]', 'e', 'g');
        fixed := regexp_replace(fixed, '├¡|├ì|√[≠ç]', 'i', 'g');
        fixed := regexp_replace(fixed, '├│|├ô|√[≥ì]', 'o', 'g');
        fixed := regexp_replace(fixed, '├║|├Ü|├╝|├£|√[∫öºú]', 'u', 'g');
        fixed := regexp_replace(fixed, '├▒|├æ|√[±ë]', 'n', 'g');
    end if;
    if fixed ~ '[A-Za-z][¤¥¡¢£‚\u0082]' then
        fixed := regexp_replace(fixed, '([A-Za-z])[¤¥](?=[A-Za-z])', '\1n', 'g');
        fixed := regexp_replace(fixed, '([A-Za-z])¡(?=[A-Za-z])', '\1i', 'g');
        fixed := regexp_replace(fixed, '([A-Za-z])¢(?=[A-Za-z]|$)', '\1o', 'g');
        fixed := regexp_replace(fixed, '([A-Za-z])£(?=[A-Za-z])', '\1u', 'g');
        fixed := regexp_replace(fixed, '([A-Za-z])[‚\u0082](?=[A-Za-z]|$)', '\1e', 'g');
    end if;
    if fixed ~ '[\u0370-\u052F]' then
        -- a name that is really Cyrillic or Greek keeps letters that look like none of ours
        declare
            latin text := translate(
                fixed,
                'АВЕЁКМНОРСТУХІЇЈЅԚԜавеёкмнорстухіїјѕԛԝһΑΒΕΖΗΙΚΜΝΟΡΤΥΧαεικνορτυχη',
                'ABEEKMHOPCTYXIIJSQWabeekmhopctyxiijsqwhABEZHIKMNOPTYXaeikvoptuxn'
            );
        begin
            if latin !~ '[\u0370-\u052F]' then
                fixed := latin;
            end if;
        end;
    end if;
    return fixed;
end
$_$;

CREATE FUNCTION canon.row_place(transaction_id xid, place tid, content text) RETURNS tid
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$
    select case
        when transaction_id <> '0'::xid then place
        else format('(%s,1)', hashtextextended(content, 0) & 4294967294)::tid
    end
$$;

CREATE FUNCTION canon.row_version(transaction_id xid, content text) RETURNS xid
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$
    select case
        when transaction_id <> '0'::xid then transaction_id
        else (hashtextextended(content, 0) & 4294967295)::text::xid
    end
$$;

CREATE FUNCTION canon.set_unmatched_event_date() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    new.event_date := (
        select record.event_date from canon.records_index as record
        where record.source_table = new.source_table and record.source_pk = new.source_pk
    );
    return new;
end
$$;

CREATE FUNCTION canon.share_bits(carriers integer, people double precision, otherwise double precision) RETURNS double precision
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
    select -ln(
        case when carriers is null then otherwise else least(greatest(carriers, 0.5) / people, 1) end
    ) / ln(2::float8)
$$;

CREATE FUNCTION canon.source_identity(table_name text) RETURNS text
    LANGUAGE sql STABLE
    AS $$
    select concat_ws(
        ' ', relation.oid,
        (
            select md5(string_agg(
                concat_ws(' ', existing.attname, format_type(existing.atttypid, existing.atttypmod)), ','
                order by existing.attname
            ))
            from canon.source_columns as wanted
            inner join pg_catalog.pg_attribute as existing
                on existing.attrelid = relation.oid and existing.attname = wanted.column_name
            where wanted.table_name = source_identity.table_name and not existing.attisdropped
        )
    )
    from pg_catalog.pg_class as relation
    where relation.oid = to_regclass(format('public.%I', source_identity.table_name))
$$;

CREATE FUNCTION canon.source_problems() RETURNS TABLE(table_name text, column_name text, found text, types_understood text)
    LANGUAGE sql STABLE
    AS $$
    with sources as (
        select
            named.table_name,
            min(named.place) as place,
            to_regclass(format('public.%I', named.table_name)) as relation
        from canon.source_columns as named
        group by named.table_name
    ),

    columns as (
        select
            sources.table_name,
            wanted.column_name,
            wanted.reads_as,
            wanted.is_required,
            wanted.place,
            existing.atttypid,
            existing.atttypmod,
            coalesce(nullif(base.typbasetype, 0), base.oid) as base_type
        from sources
        inner join canon.source_columns as wanted on wanted.table_name = sources.table_name
        left join pg_catalog.pg_attribute as existing
            on
                existing.attrelid = sources.relation
                and existing.attname = wanted.column_name
                and existing.attnum > 0
                and not existing.attisdropped
        left join pg_catalog.pg_type as base on base.oid = existing.atttypid
        where sources.relation is not null
    ),

    problems as (
        select
            sources.table_name,
            null as column_name,
            case when kind.relkind is null then 'no such table' else 'not a table' end as found,
            null as types_understood,
            sources.place
        from sources
        left join pg_catalog.pg_class as kind on kind.oid = sources.relation
        where kind.relkind is null or kind.relkind not in ('r', 'p', 'v', 'm', 'f')
        union all
        select
            columns.table_name,
            columns.column_name,
            case when columns.atttypid is null then 'missing' else format_type(columns.atttypid, columns.atttypmod) end,
            case
                when columns.atttypid is not null
                    then (
                        select string_agg(readable.type::text, ', ' order by readable.place)
                        from canon.readable_types as readable
                        where readable.reads_as = columns.reads_as
                    )
            end,
            columns.place
        from columns
        where
            (columns.atttypid is null and columns.is_required)
            or (
                columns.atttypid is not null
                and not exists (
                    select from canon.readable_types as readable
                    where readable.reads_as = columns.reads_as and readable.type = columns.base_type
                )
            )
    )

    select problems.table_name, problems.column_name, problems.found, problems.types_understood
    from problems
    order by problems.place
$$;

CREATE FUNCTION canon.spreadsheet_number(plain text) RETURNS text
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
    AS $_$
declare
    parts text[];
    digits text;
    width integer;
begin
    if plain ~ '[0-9][Ee][+0-9]' then
        parts := regexp_match(plain, '^[^0-9A-Za-z]*([0-9])[.,]([0-9]{1,20})[Ee]([+]?)([0-9]{1,3})[^0-9A-Za-z]*$');
        if parts is not null then
            digits := parts[1] || parts[2];
            width := parts[4]::integer + 1;
            if length(digits) = width - 1 and parts[3] = '' and parts[4] !~ '^0' then
                digits := digits || '0';
            end if;
            if length(digits) < width or translate(substr(digits, width + 1), '0', '') <> '' then
                return null;
            end if;
            return case when plain ~ '^[^0-9]*[+]' then '+' else '' end || left(digits, width);
        end if;
    end if;
    if plain ~ '[0-9]{3}[.,]0' then
        -- with fewer digits before it, `.000` is a group of thousands; after such groups the other sign is decimal
        return regexp_replace(
            plain,
            '([0-9]{8}|[0-9]{4}(?=[.,]00?(?![0-9]))|[.][0-9]{3}(?=,00?(?![0-9]))|,[0-9]{3}(?=[.]00?(?![0-9])))'
            '[.,]0+(?![0-9]|[.,][0-9])',
            '\1', 'g'
        );
    end if;
    return plain;
end
$_$;

CREATE FUNCTION canon.truncate_working_table(working_table regclass) RETURNS void
    LANGUAGE plpgsql
    AS $$
declare
    large constant bigint := 1024 * 1024; -- bytes
begin
    if pg_relation_size(working_table) > large then
        execute format('truncate %s', working_table);
    else
        execute format('delete from %s', working_table);
    end if;
end
$$;

CREATE FUNCTION canon.update_unmatched_event_date() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    update canon.identity_unmatched as unmatched
    set event_date = new.event_date
    where unmatched.source_table = new.source_table and unmatched.source_pk = new.source_pk;
    return null;
end
$$;

CREATE UNLOGGED TABLE canon.weighed_candidates_this_run (
    source_table character varying NOT NULL,
    source_pk character varying NOT NULL,
    account_group character varying NOT NULL,
    driver_id character varying,
    person_key uuid,
    park_id character varying,
    is_in_target_park boolean NOT NULL,
    rule_position integer NOT NULL,
    record_name text,
    driver_name text,
    similarity real,
    names text,
    driver_level text,
    driver_bits real NOT NULL,
    phone_level text,
    phone_people integer,
    phone_bits real NOT NULL,
    license_level text,
    license_people integer,
    license_bits real NOT NULL,
    plate_level text,
    plate_people integer,
    plate_bits real NOT NULL,
    car_level text,
    car_bits real NOT NULL,
    name_bits real NOT NULL,
    hired_level text,
    hired_bits real NOT NULL,
    park_bits real NOT NULL,
    household_bits real NOT NULL,
    prior_bits real NOT NULL,
    bits double precision NOT NULL,
    probability double precision NOT NULL,
    is_enough_alone boolean NOT NULL,
    is_enough boolean NOT NULL,
    candidate_rank integer DEFAULT 0 NOT NULL,
    person_count integer DEFAULT 0 NOT NULL,
    likely_count integer DEFAULT 0 NOT NULL,
    any_probability double precision DEFAULT 0 NOT NULL,
    has_contradiction boolean,
    has_weak boolean
);

CREATE FUNCTION canon.weights_json(weighed canon.weighed_candidates_this_run) RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$
    select '[' || concat_ws(
        ',',
        case when weighed.driver_bits <> 0
            then '{"part": "driver", "level": "' || weighed.driver_level || '"'
                || ', "bits": ' || round(weighed.driver_bits::numeric, 2) || '}'
        end,
        case when weighed.phone_bits <> 0 or weighed.phone_level = 'shared'
            then '{"part": "phone", "level": "' || weighed.phone_level || '"'
                || coalesce(', "people": ' || weighed.phone_people, '')
                || ', "bits": ' || round(weighed.phone_bits::numeric, 2) || '}'
        end,
        case when weighed.license_bits <> 0 or weighed.license_level = 'shared'
            then '{"part": "license", "level": "' || weighed.license_level || '"'
                || coalesce(', "people": ' || weighed.license_people, '')
                || ', "bits": ' || round(weighed.license_bits::numeric, 2) || '}'
        end,
        case when weighed.plate_bits <> 0 or weighed.plate_level = 'shared'
            then '{"part": "plate", "level": "' || weighed.plate_level || '"'
                || coalesce(', "people": ' || weighed.plate_people, '')
                || ', "bits": ' || round(weighed.plate_bits::numeric, 2) || '}'
        end,
        case when weighed.car_bits <> 0
            then '{"part": "car", "level": "' || weighed.car_level || '"'
                || ', "bits": ' || round(weighed.car_bits::numeric, 2) || '}'
        end,
        case when weighed.name_bits <> 0
            then '{"part": "name", "level": "' || coalesce(weighed.names, 'missing') || '"'
                || ', "bits": ' || round(weighed.name_bits::numeric, 2) || '}'
        end,
        case when weighed.hired_bits <> 0
            then '{"part": "hired", "level": "' || weighed.hired_level || '"'
                || ', "bits": ' || round(weighed.hired_bits::numeric, 2) || '}'
        end,
        case when weighed.park_bits <> 0
            then '{"part": "park", "level": "' || case when weighed.is_in_target_park then 'target' else 'other' end || '"'
                || ', "bits": ' || round(weighed.park_bits::numeric, 2) || '}'
        end,
        case when weighed.household_bits <> 0
            then '{"part": "household"'
                || ', "bits": ' || round(weighed.household_bits::numeric, 2) || '}'
        end,
        case when weighed.prior_bits <> 0
            then '{"part": "prior"'
                || ', "bits": ' || round(weighed.prior_bits::numeric, 2) || '}'
        end
    ) || ']'
$$;

CREATE FUNCTION canon.writes_seen(view_read oid) RETURNS text
    LANGUAGE sql STABLE
    AS $_$
    with recursive readers as materialized (
        select
            routine.oid as routine_oid,
            to_regclass(format('public.%I', source.table_name))::oid as relation_oid
        from (select distinct named.table_name from canon.source_columns as named) as source
        inner join pg_proc as routine
            on
                routine.pronamespace = 'canon'::regnamespace
                and routine.proname ~ ('^read_' || source.table_name || '(_names|_hire_date|_current)?$')
    ),

    read_by as (
        select view_read as relation_oid
        union
        select coalesce(readers.relation_oid, dependence.refobjid)
        from read_by
        inner join pg_rewrite as rewrite on rewrite.ev_class = read_by.relation_oid
        inner join pg_depend as dependence
            on dependence.classid = 'pg_rewrite'::regclass and dependence.objid = rewrite.oid
        left join readers on dependence.refclassid = 'pg_proc'::regclass and readers.routine_oid = dependence.refobjid
        where readers.relation_oid is not null or dependence.refclassid = 'pg_class'::regclass
    )

    select
        md5(string_agg(
            concat_ws(
                ' ', relation.oid,
                case
                    when relation.relkind = 'r' and current_setting('track_counts')::boolean
                        then concat_ws(
                            ' ', relation.relfilenode, pg_stat_get_tuples_inserted(relation.oid),
                            pg_stat_get_tuples_updated(relation.oid), pg_stat_get_tuples_deleted(relation.oid)
                        )
                    else coalesce(
                        counters.identity || ' ' || counters.rows_inserted || ' ' || counters.table_bytes,
                        clock_timestamp()::text
                    )
                end
            ), ',' order by relation.oid
        ))
    from read_by
    inner join pg_class as relation on relation.oid = read_by.relation_oid
    cross join lateral ops.read_table_counters(relation.oid) as counters
    where
        (
            relation.relkind in ('r', 'p', 'f')
            -- a source may be a view, or a materialised one, of its owner
            or relation.oid in (select readers.relation_oid from readers)
        )
        -- each run writes its own rows there; views take no more than times from them
        and relation.oid not in ('ops.ingestion_runs'::regclass, 'ops.run_steps'::regclass)
$_$;

CREATE FUNCTION ops.analyse_table(relation regclass, column_names text[]) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    listed constant text := (select string_agg(quote_ident(named.name), ', ') from unnest(column_names) as named (name));
begin
    execute format('analyze %s %s', relation, '(' || listed || ')');
end
$$;

CREATE FUNCTION ops.audit_hash(run_id integer, part text, previous_hash bytea) RETURNS TABLE(audit_rows bigint, hash bytea)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET "TimeZone" TO 'UTC'
    SET "DateStyle" TO 'ISO, YMD'
    AS $$
    with ids as (
        select
            numbered.table_number,
            min(numbered.id) as first_id,
            max(numbered.id) as last_id
        from (
            select 1 as table_number, audit.id::bigint as id
            from ops.identity_links_backfill_audit as audit
            where audit.ingestion_run_id = audit_hash.run_id and audit_hash.part = 'backfills'
            union all
            select 2, audit.id::bigint
            from ops.lead_events_scout_backfill_audit as audit
            where audit.ingestion_run_id = audit_hash.run_id and audit_hash.part = 'backfills'
            union all
            select 3, audit.id::bigint
            from ops.lead_ledger_scout_backfill_audit as audit
            where audit.ingestion_run_id = audit_hash.run_id and audit_hash.part = 'backfills'
            union all
            select 4, audit.id
            from ops.job_runs_audit as audit
            where audit.run_id = audit_hash.run_id and audit_hash.part = 'states'
        ) as numbered
        group by numbered.table_number
    ),

    blocks as (
        select
            ids.table_number,
            block.number,
            content.audit_rows,
            content.hash
        from ids
        cross join lateral generate_series(ids.first_id / 1000, ids.last_id / 1000) as block (number)
        cross join lateral (
            select
                count(*) as audit_rows,
                sha256(convert_to(
                    string_agg(jsonb_strip_nulls(audited.content)::text, e'\n' order by audited.id), 'UTF8'
                )) as hash
            from (
                select audit.id::bigint as id, to_jsonb(audit) as content
                from ops.identity_links_backfill_audit as audit
                where
                    ids.table_number = 1 and audit.ingestion_run_id + 0 = audit_hash.run_id
                    and audit.id >= block.number * 1000 and audit.id < block.number * 1000 + 1000
                union all
                select audit.id::bigint, to_jsonb(audit)
                from ops.lead_events_scout_backfill_audit as audit
                where
                    ids.table_number = 2 and audit.ingestion_run_id + 0 = audit_hash.run_id
                    and audit.id >= block.number * 1000 and audit.id < block.number * 1000 + 1000
                union all
                select audit.id::bigint, to_jsonb(audit)
                from ops.lead_ledger_scout_backfill_audit as audit
                where
                    ids.table_number = 3 and audit.ingestion_run_id + 0 = audit_hash.run_id
                    and audit.id >= block.number * 1000 and audit.id < block.number * 1000 + 1000
                union all
                select audit.id, to_jsonb(audit)
                from ops.job_runs_audit as audit
                where
                    ids.table_number = 4 and audit.run_id = audit_hash.run_id
                    and audit.id >= block.number * 1000 and audit.id < block.number * 1000 + 1000
            ) as audited
            having count(*) > 0
        ) as content
    )

    select
        coalesce(sum(blocks.audit_rows), 0)::bigint,
        sha256(
            audit_hash.previous_hash
            || convert_to(audit_hash.part || audit_hash.run_id::text, 'UTF8')
            || coalesce(string_agg(blocks.hash, ''::bytea order by blocks.table_number, blocks.number), ''::bytea)
        )
    from blocks
$$;

CREATE FUNCTION ops.audit_run_state() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
    insert into ops.job_runs_audit (run_id, job_type, status_old, status_new, error_message, dag_id, dag_run_id)
    values (
        new.id, new.job_type::text, case when tg_op = 'UPDATE' then old.status::text end, new.status::text,
        new.error_message, new.dag_id, new.dag_run_id
    );
    return null;
end
$$;

CREATE FUNCTION ops.check_audit() RETURNS TABLE(fault text, table_name text, id bigint, run_id integer, part text, audit_rows bigint, audit_rows_found bigint)
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    newest constant bigint := coalesce((select max(link.position) from ops.audit_chain as link), 0);
    is_full boolean;
    verified bigint;
begin
    select due.is_full_due, due.position into is_full, verified from ops.audit_verification_due as due;
    return query
    select
        'LINK_BROKEN',
        null::text,
        due.position,
        due.run_id,
        due.part,
        due.audit_rows,
        due.audit_rows_found
    from ops.v_audit_chain_due as due
    where due.is_intact is not true
    union all
    select
        stray.fault,
        stray.table_name,
        stray.id,
        stray.run_id,
        null,
        null,
        null
    from ops.audit_strays as stray;
    -- a link that was added meanwhile is verified next time
    if not found and (is_full or newest > verified) and not current_setting('transaction_read_only')::boolean then
        insert into ops.audit_verifications (up_to_position, is_full, verified_at)
        values (newest, is_full, clock_timestamp());
    end if;
end
$$;

CREATE FUNCTION ops.count_duplicates(since_age integer, horizon_age integer) RETURNS TABLE(is_settled boolean, rows_count bigint)
    LANGUAGE sql STABLE
    AS $$
    with days as (
        select
            daily.driver_id,
            daily.trip_date,
            count(*) filter (where horizon_age is null or daily.row_age between -1000000000 and horizon_age)
                as unsettled,
            count(*) as loaded
        from canon.source_daily_trips as daily
        where
            daily.trip_date is not null
            and (since_age is null or daily.row_age between -1000000000 and since_age)
        group by daily.driver_id, daily.trip_date
    ),

    known as (
        select
            days.*,
            since_age is not null and exists (
                select 1
                from canon.source_daily_trips as older
                where
                    older.driver_id = days.driver_id
                    and older.trip_date = days.trip_date
                    and older.row_age not between -1000000000 and since_age
            ) as is_known
        from days
    ),

    -- of the days that are new the first row is no duplicate: a settled one, if there is one
    counted as (
        select
            sum(known.loaded - known.unsettled)
            - count(*) filter (where not known.is_known and known.loaded > known.unsettled) as settled,
            sum(known.unsettled)
            - count(*) filter (where not known.is_known and known.loaded = known.unsettled) as unsettled
        from known
    )

    select part.is_settled, part.rows_count::bigint
    from counted
    cross join lateral (values (true, counted.settled), (false, counted.unsettled)) as part (is_settled, rows_count)
    where part.rows_count > 0
$$;

CREATE FUNCTION ops.count_source(source_name text, since_age integer, horizon_age integer, moment timestamp with time zone) RETURNS TABLE(metric_type text, day date, ahead_hour timestamp without time zone, is_settled boolean, rows_count bigint, last_at timestamp with time zone)
    LANGUAGE plpgsql STABLE
    AS $_$
begin
    return query execute format($query$
    with zones as materialized (
        select
            settings.timezone as local_zone,
            source.stamp_zone,
            source.stamp_zone = settings.timezone as is_local,
            $4 at time zone source.stamp_zone as moment_as_written
        from ops.health_settings as settings
        inner join ops.source_expectations as source on source.source_name = $3
    ),

    written as (
        select
            arrival.business_date,
            arrival.business_text,
            case
                -- arithmetic on infinity and on dates of other ages fails
                when
                    zones.is_local
                    or arrival.came_at_local not between timestamp '1990-01-01' and timestamp '2110-01-01'
                    then coalesce(arrival.came_at_local, arrival.came_at at time zone zones.local_zone)
                else coalesce(arrival.came_at_local at time zone zones.stamp_zone, arrival.came_at)
                    at time zone zones.local_zone
            end::date as came_on,
            case
                when coalesce(arrival.came_at_local > zones.moment_as_written, arrival.came_at > $4)
                    then date_trunc('hour', coalesce(arrival.came_at_local, arrival.came_at at time zone 'UTC'))
            end as ahead_hour,
            count(*) as rows_count,
            case
                when $2 is null then count(*)
                else count(*) filter (where age(arrival.row_version) between -1000000000 and $2)
            end as unsettled_count,
            max(arrival.came_at_local) as last_local,
            max(arrival.came_at) as last_absolute
        from (%s) as arrival
        cross join zones
        where $1 is null or age(arrival.row_version) between -1000000000 and $1
        group by 1, 2, 3, 4
    ),

    dated as materialized (
        select
            coalesce(canon.plausible_date(written.business_date), canon.parse_date_file(written.business_text))
                as business_day,
            written.business_date is not null or written.business_text is not null as has_business_date,
            canon.plausible_date(written.came_on) as ingestion_day,
            written.ahead_hour,
            parts.is_settled,
            parts.rows_count,
            case
                when canon.plausible_date(written.came_on) is not null
                    then coalesce(written.last_absolute, written.last_local at time zone zones.stamp_zone)
            end as last_at
        from written
        cross join zones
        cross join lateral (
            values (true, written.rows_count - written.unsettled_count), (false, written.unsettled_count)
        ) as parts (is_settled, rows_count)
        where parts.rows_count > 0
    )

    select
        part.metric_type, part.day, part.ahead_hour, dated.is_settled, sum(dated.rows_count)::bigint,
        max(dated.last_at) filter (where part.metric_type = 'ingestion')
    from dated
    cross join lateral (
        values
        ('business', dated.business_day, null::timestamp),
        ('ingestion', dated.ingestion_day, case when dated.ingestion_day is not null then dated.ahead_hour end),
        ('rubbish', null, null)
    ) as part (metric_type, day, ahead_hour)
    where part.metric_type <> 'rubbish' or (dated.has_business_date and dated.business_day is null)
    group by part.metric_type, part.day, part.ahead_hour, dated.is_settled
    $query$, canon.arrivals_query(source_name)) using since_age, horizon_age, source_name, moment;
end
$_$;

CREATE FUNCTION ops.decisions_hash(covers jsonb, run_id integer, previous_hash bytea) RETURNS TABLE(audit_rows bigint, hash bytea)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET "TimeZone" TO 'UTC'
    SET "DateStyle" TO 'ISO, YMD'
    AS $$
    with covered as (
        select
            covered.key as table_name,
            (covered.value ->> 0)::bigint as after_id,
            (covered.value ->> 1)::bigint as up_to_id
        from jsonb_each(decisions_hash.covers) as covered
    ),

    sealed_rows as (
        select covered.table_name, decision.id, jsonb_strip_nulls(to_jsonb(decision)) as content
        from covered
        inner join ops.human_decisions as decision on decision.id > covered.after_id and decision.id <= covered.up_to_id
        where covered.table_name = 'human_decisions'
        union all
        select covered.table_name, audit.id, jsonb_strip_nulls(to_jsonb(audit))
        from covered
        inner join ops.identity_links_backfill_audit as audit
            on audit.id > covered.after_id and audit.id <= covered.up_to_id
        where covered.table_name = 'identity_links_backfill_audit' and audit.ingestion_run_id is null
        union all
        select covered.table_name, audit.id, jsonb_strip_nulls(to_jsonb(audit))
        from covered
        inner join ops.lead_events_scout_backfill_audit as audit
            on audit.id > covered.after_id and audit.id <= covered.up_to_id
        where covered.table_name = 'lead_events_scout_backfill_audit' and audit.ingestion_run_id is null
        union all
        select covered.table_name, audit.id, jsonb_strip_nulls(to_jsonb(audit))
        from covered
        inner join ops.lead_ledger_scout_backfill_audit as audit
            on audit.id > covered.after_id and audit.id <= covered.up_to_id
        where covered.table_name = 'lead_ledger_scout_backfill_audit' and audit.ingestion_run_id is null
        union all
        select covered.table_name, period.id, jsonb_strip_nulls(to_jsonb(period))
        from covered
        inner join ops.liquidation_periods as period on period.id > covered.after_id and period.id <= covered.up_to_id
        where covered.table_name = 'liquidation_periods'
        union all
        select covered.table_name, statement.id, jsonb_strip_nulls(to_jsonb(statement))
        from covered
        inner join ops.scout_statements as statement
            on statement.id > covered.after_id and statement.id <= covered.up_to_id
        where covered.table_name = 'scout_statements'
        union all
        select covered.table_name, payment.id, jsonb_strip_nulls(to_jsonb(payment))
        from covered
        inner join ops.scout_statement_payments as payment
            on payment.id > covered.after_id and payment.id <= covered.up_to_id
        where covered.table_name = 'scout_statement_payments'
        union all
        select covered.table_name, access.id, jsonb_strip_nulls(to_jsonb(access))
        from covered
        inner join ops.personal_data_access as access on access.id > covered.after_id and access.id <= covered.up_to_id
        where covered.table_name = 'personal_data_access'
    ),

    blocks as (
        select
            sealed_rows.table_name,
            sealed_rows.id / 1000 as block,
            count(*) as audit_rows,
            sha256(convert_to(string_agg(sealed_rows.content::text, e'\n' order by sealed_rows.id), 'UTF8')) as hash
        from sealed_rows
        group by sealed_rows.table_name, sealed_rows.id / 1000
        union all
        select
            covered.table_name,
            block.number,
            content.audit_rows,
            content.hash
        from covered
        cross join lateral generate_series((covered.after_id + 1) / 1000, covered.up_to_id / 1000) as block (number)
        cross join lateral (
            select
                count(*) as audit_rows,
                sha256(convert_to(
                    string_agg(jsonb_strip_nulls(to_jsonb(line))::text, e'\n' order by line.id), 'UTF8'
                )) as hash
            from ops.scout_statement_lines as line
            where
                line.id >= greatest(block.number * 1000, covered.after_id + 1)
                and line.id <= least(block.number * 1000 + 999, covered.up_to_id)
            having count(*) > 0
        ) as content
        where covered.table_name = 'scout_statement_lines'
    )

    select
        coalesce(sum(blocks.audit_rows), 0)::bigint,
        sha256(
            decisions_hash.previous_hash
            || convert_to('decisions' || decisions_hash.run_id::text || decisions_hash.covers::text, 'UTF8')
            || coalesce(
                string_agg(blocks.hash, ''::bytea order by blocks.table_name collate "C", blocks.block), ''::bytea
            )
        )
    from blocks
$$;

CREATE FUNCTION ops.default_currency() RETURNS character varying
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    select case
        when (
            select run.parameters ->> 'country' from ops.ingestion_runs as run
            where run.parameters ? 'country'
            order by run.id desc
            limit 1
        ) = 'CO' then 'COP'
        else 'PEN'
    end
$$;

CREATE FUNCTION ops.due_at(last_at timestamp with time zone, cadence interval, weekdays integer[], timezone text) RETURNS timestamp with time zone
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$
    with expected_days as (
        select
            greatest(last_at, local.day::timestamp at time zone timezone) as starts_at,
            (local.day + 1)::timestamp at time zone timezone as ends_at
        from generate_series(0, 7 * ceil(extract(epoch from cadence) / 86400 + 1)::integer) as passed (days)
        cross join lateral (select (last_at at time zone timezone)::date + passed.days as day) as local
        where extract(isodow from local.day) = any(weekdays)
    ),

    counted as (
        select
            expected_days.*,
            extract(epoch from expected_days.ends_at - expected_days.starts_at) as seconds,
            sum(extract(epoch from expected_days.ends_at - expected_days.starts_at))
                over (order by expected_days.starts_at) as seconds_until_end
        from expected_days
    )

    select case
        when weekdays is null then last_at + cadence
        else (
            select counted.starts_at + make_interval(
                secs => (extract(epoch from cadence) - (counted.seconds_until_end - counted.seconds))::float8
            )
            from counted
            where counted.seconds_until_end > extract(epoch from cadence)
            order by counted.starts_at
            limit 1
        )
    end
$$;

CREATE FUNCTION ops.easter(year integer) RETURNS date
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
    AS $$
declare
    golden integer := year % 19;
    century integer := year / 100;
    epact integer := (19 * golden + century - century / 4 - (century - (century + 8) / 25 + 1) / 3 + 15) % 30;
    weekday integer := (32 + 2 * (century % 4) + 2 * (year % 100 / 4) - epact - year % 100 % 4) % 7;
    late integer := (golden + 11 * epact + 22 * weekday) / 451;
    days integer := epact + weekday - 7 * late + 114;
begin
    return make_date(year, days / 31, days % 31 + 1);
end
$$;

CREATE FUNCTION ops.expected_days(after date, until date, weekdays integer[]) RETURNS integer
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
    select case
        when weekdays is null then until - after
        else (
            select count(*)::integer
            from generate_series(1, until - after) as passed (days)
            where extract(isodow from after + passed.days) = any(weekdays)
        )
    end
$$;

CREATE FUNCTION ops.grant_sources() RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    lacking record;
begin
    for lacking in
        select
            relation.oid::regclass as relation,
            member.rolname
        from (select distinct wanted.table_name from canon.source_columns as wanted) as source
        inner join pg_class as relation on relation.oid = to_regclass(format('public.%I', source.table_name))
        inner join pg_roles as member
            on
                member.rolname = 'control_tower_writer'
                or (member.rolname = 'control_tower_reader' and source.table_name = 'summary_daily')
        where
            not has_table_privilege(member.oid, relation.oid, 'select')
            and has_table_privilege(current_user, relation.oid, 'select with grant option')
    loop
        execute format('grant select on %s to %I', lacking.relation, lacking.rolname);
    end loop;
end
$$;

CREATE FUNCTION ops.hold_run(run_id integer) RETURNS void
    LANGUAGE plpgsql
    AS $$
declare
    found_status public.runstatus;
    found_error text;
begin
    select run.status, run.error_message into found_status, found_error
    from ops.ingestion_runs as run
    where run.id = hold_run.run_id
    for share;
    if found_status is distinct from 'RUNNING' then
        raise exception 'run % is not running: % (%)', hold_run.run_id, coalesce(found_status::text, 'unknown'),
            coalesce(found_error, 'no error recorded')
            using hint = 'Another run took over, or this one was closed. Start a new run; it goes on where this one stopped.';
    end if;
    if exists (select from ops.run_steps as step where step.run_id = hold_run.run_id and step.step = 'start_batch')
        and not exists (
            select from ops.run_steps as step where step.run_id = hold_run.run_id and step.step = 'finish_batch'
        )
        and not exists (select from canon.batch_this_run as owner where owner.run_id = hold_run.run_id)
    then
        raise exception 'run % lost its batch: PostgreSQL crashed or failed over between two of its steps and '
            'emptied the work tables', hold_run.run_id
            using hint = 'Nothing else is lost. Start a new run; it evaluates the records that this one had in hand.';
    end if;
end
$$;

CREATE FUNCTION ops.is_holiday(day date, country text) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
    select case country
        when 'PE' then
            to_char(day, 'MMDD') in (
                '0101', '0501', '0607', '0629', '0723', '0728', '0729', '0806', '0830', '1008', '1101', '1208', '1209',
                '1225'
            )
            or day - easter.sunday in (-3, -2)
        when 'CO' then
            to_char(day, 'MMDD') in ('0101', '0501', '0720', '0807', '1208', '1225')
            or day - easter.sunday in (-3, -2, 43, 64, 71)
            or extract(isodow from day) = 1 and exists (
                select from generate_series(0, 6) as moved (days)
                where to_char(day - moved.days, 'MMDD') in ('0106', '0319', '0629', '0815', '1012', '1101', '1111')
            )
        else false
    end
    from ops.easter(extract(year from day)::integer) as easter (sunday)
$$;

CREATE FUNCTION ops.measure_sources(moment timestamp with time zone) RETURNS TABLE(source_name text, today date, max_business_date date, max_ingestion_ts timestamp with time zone, last_ingestion_date date, rows_business_yesterday bigint, rows_business_today bigint, rows_ingested_yesterday bigint, rows_ingested_today bigint, total_rows bigint, rubbish_count bigint, rows_dated_ahead bigint, rows_just_ahead bigint, volume_day date, rows_of_day bigint, usual_rows bigint, least_rows bigint, rows_before bigint)
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET jit TO 'off'
    AS $$
    with clock as (
        select
            (moment at time zone settings.timezone)::date as today,
            moment + interval '10 minutes' as latest,
            settings.country
        from ops.health_settings as settings
    ),

    days as materialized (
        select
            counted.*,
            clock.today,
            coalesce(counted.last_at <= clock.latest, false) as has_arrived,
            coalesce(counted.last_at > clock.latest, false) as is_ahead
        from ops.source_days_now(moment) as counted
        cross join clock
    ),

    volumes as (
        select array_agg(row(seen.source_name, seen.day, seen.rows_count, null::bigint)::ops.source_volumes) as seen
        from (
            select
                days.source_name,
                days.day,
                sum(days.rows_count)::bigint as rows_count
            from days
            where days.has_arrived and days.day between days.today - 85 and days.today - 1
            group by days.source_name, days.day
            union all
            select
                known.source_name,
                known.day,
                known.rows_arrived
            from ops.source_volumes as known
            inner join clock on known.day between clock.today - 85 and clock.today - 1
        ) as seen
    ),

    usual as (
        select volume.*
        from clock
        cross join volumes
        cross join lateral ops.usual_volumes(clock.today - 1, clock.country, volumes.seen) as volume
    ),

    before as (
        select
            known.source_name,
            max(known.total_rows) as rows_before
        from ops.source_volumes as known
        inner join clock on known.day between clock.today - 1 and clock.today
        group by known.source_name
    )

    select
        source.source_name,
        clock.today,
        max(days.day) filter (where days.metric_type = 'business' and days.day <= days.today),
        max(days.last_at) filter (where days.has_arrived),
        least(max(days.day) filter (where days.has_arrived), clock.today),
        coalesce(
            sum(days.rows_count) filter (where days.metric_type = 'business' and days.day = days.today - 1), 0
        )::bigint,
        coalesce(
            sum(days.rows_count) filter (where days.metric_type = 'business' and days.day = days.today), 0
        )::bigint,
        coalesce(
            sum(days.rows_count) filter (where days.metric_type = 'ingestion' and days.day = days.today - 1), 0
        )::bigint,
        coalesce(
            sum(days.rows_count) filter (where days.metric_type = 'ingestion' and days.day = days.today), 0
        )::bigint,
        case
            when not coalesce(bool_or(days.metric_type = 'problem'), false)
                then coalesce(sum(days.rows_count) filter (where days.metric_type = 'ingestion'), 0)::bigint
        end,
        coalesce(sum(days.rows_count) filter (where days.metric_type = 'rubbish'), 0)::bigint,
        coalesce(sum(days.rows_count) filter (where days.is_ahead), 0)::bigint,
        coalesce(
            sum(days.rows_count) filter (where days.is_ahead and days.last_at <= moment + interval '2 days'), 0
        )::bigint,
        case when usual.usual_rows is not null then clock.today - 1 end,
        usual.rows_of_day,
        usual.usual_rows,
        usual.least_rows,
        before.rows_before
    from canon.watched_sources as source
    cross join clock
    left join days on days.source_name = source.source_name
    left join usual on usual.source_name = source.source_name
    left join before on before.source_name = source.source_name
    group by
        source.source_name, clock.today, usual.rows_of_day, usual.usual_rows, usual.least_rows, before.rows_before
$$;

CREATE FUNCTION ops.payment_settings() RETURNS TABLE(settings text, trips_identity text, trips_seen text, horizon xid8, next_transaction numeric)
    LANGUAGE sql STABLE SECURITY DEFINER ROWS 1
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    select
        md5(concat_ws(
            '|', zone.timezone,
            (select setting.come_in_parts from canon.trip_day_settings as setting),
            (
                select string_agg(to_jsonb(rule)::text, '|' order by rule.rule_scope, rule.rule_id)
                from canon.payment_rules_in_force as rule
            ),
            ops.default_currency()
        )),
        counters.identity,
        concat_ws('|', counters.rows_inserted, counters.table_bytes),
        pg_snapshot_xmin(pg_current_snapshot()),
        pg_snapshot_xmax(pg_current_snapshot())::text::numeric
    from ops.local_time_zone as zone
    inner join canon.watched_sources as source on source.source_name = 'summary_daily'
    cross join lateral ops.read_table_counters(
        to_regclass(format('%I.%I', source.schema_name, source.object_name))
    ) as counters
$$;

CREATE FUNCTION ops.protect_runs_with_links() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    if exists (select 1 from canon.identity_links as link where link.run_id = old.id)
        or exists (select 1 from canon.identity_unmatched as unmatched where unmatched.run_id = old.id)
    then
        raise foreign_key_violation using
            message = format('run %s wrote links or unmatched records that name it', old.id),
            hint = 'Runs are kept: they explain what they wrote.';
    end if;
    return case tg_op when 'DELETE' then old else new end;
end
$$;

CREATE FUNCTION ops.read_table_counters(source regclass, OUT identity text, OUT rows_inserted bigint, OUT table_bytes bigint) RETURNS record
    LANGUAGE sql STABLE
    AS $$
    with parts as (
        select
            relation.oid,
            relation.relfilenode,
            relation.relkind in ('r', 'm') and current_setting('track_counts')::boolean as is_counted
        from pg_class as relation
        where
            relation.oid in (
                select source::oid union all select part.relid::oid from pg_partition_tree(source) as part
            )
            and relation.relkind <> 'p'
    ),

    counted as (
        select
            string_agg(parts.relfilenode::text, ',' order by parts.oid) as files,
            sum(pg_stat_get_tuples_inserted(parts.oid))::bigint as inserted,
            sum(pg_stat_get_tuples_updated(parts.oid)) as updated,
            sum(pg_stat_get_tuples_deleted(parts.oid)) as deleted,
            sum(pg_relation_size(parts.oid))::bigint as size
        from parts
        having bool_and(parts.is_counted)
    )

    select
        case
            when counted.inserted is not null
                then concat_ws(
                    '|', counted.files, counted.updated, counted.deleted, settings.timezone,
                    nullif(settings.source_zones, '{}'), 'database counters since',
                    extract(epoch from pg_stat_get_db_stat_reset_time(database.oid)),
                    'server counters since', extract(epoch from pg_stat_get_bgwriter_stat_reset_time())
                )
        end,
        counted.inserted,
        counted.size
    from ops.health_settings as settings
    inner join pg_database as database on database.datname = current_database()
    inner join counted on true
    -- always a row, so that a variable of this type is assigned
    right join (values (true)) as one (is_row) on true
$$;

CREATE FUNCTION ops.record_source_volumes(moment timestamp with time zone) RETURNS void
    LANGUAGE sql
    SET jit TO 'off'
    AS $$
    with clock as (
        select (moment at time zone settings.timezone)::date as today
        from ops.health_settings as settings
    ),

    arrivals as materialized (
        select
            counted.source_name,
            counted.day,
            sum(counted.rows_count)::bigint as rows_count
        from ops.source_days_now(moment) as counted
        where counted.metric_type = 'ingestion'
        group by counted.source_name, counted.day
    )

    insert into ops.source_volumes as known (source_name, day, rows_arrived, total_rows)
    select
        source.source_name,
        passed.day::date,
        coalesce(arrivals.rows_count, 0),
        case
            when passed.day = clock.today then (
                select coalesce(sum(every.rows_count), 0)::bigint
                from arrivals as every
                where every.source_name = source.source_name
            )
        end
    from canon.watched_sources as source
    cross join clock
    cross join lateral generate_series(clock.today - 84, clock.today, interval '1 day') as passed (day)
    left join arrivals on arrivals.source_name = source.source_name and arrivals.day = passed.day
    where arrivals.rows_count > 0 or passed.day = clock.today
    on conflict (source_name, day) do update
    set
        rows_arrived = greatest(known.rows_arrived, excluded.rows_arrived),
        total_rows = greatest(known.total_rows, excluded.total_rows)
    where
        excluded.rows_arrived > known.rows_arrived
        or excluded.total_rows > coalesce(known.total_rows, -1)
$$;

CREATE FUNCTION ops.refresh_materialised_view(schema_name text, view_name text, is_concurrent boolean) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'public', 'pg_temp'
    AS $$
begin
    execute format(
        'refresh materialized view %s %I.%I', case when is_concurrent then 'concurrently' else '' end,
        schema_name, view_name
    );
end
$$;

CREATE FUNCTION ops.refresh_source_counts() RETURNS integer
    LANGUAGE plpgsql
    SET jit TO 'off'
    AS $$
declare
    source record;
    stored ops.source_counts;
    counters record;
    horizon xid8;
    is_reusable boolean;
    has_rows boolean;
    live_count_bytes bigint;
    counted integer := 0;
begin
    if current_setting('transaction_isolation') <> 'read committed' then
        raise exception 'source counts were asked for in a transaction that cannot see rows committed since it began'
            using hint = 'Call ops.refresh_source_counts() in a READ COMMITTED transaction.';
    end if;
    if not ops.take_lock('source_counts', wait => false) then
        return 0;
    end if;
    perform pg_stat_clear_snapshot();
    select settings.live_count_bytes into live_count_bytes from ops.health_settings as settings;
    for source in select watched.* from canon.watched_sources as watched loop
        select counts.* into stored from ops.source_counts as counts where counts.source_name = source.source_name;
        begin
            counters := ops.read_table_counters(to_regclass(format('%I.%I', source.schema_name, source.object_name)));
            horizon := pg_snapshot_xmin(pg_current_snapshot());
            is_reusable := coalesce(
                stored.identity = counters.identity
                and horizon::text::bigint - stored.horizon::text::bigint < 1000000000,
                false
            );
            if counters.identity is null or counters.table_bytes <= live_count_bytes then
                counters.identity := null;
                counters.rows_inserted := null;
                counters.table_bytes := null;
                horizon := null;
                delete from ops.source_days as days where days.source_name = source.source_name;
            elsif
                is_reusable
                and stored.rows_inserted = counters.rows_inserted and stored.table_bytes = counters.table_bytes
                and stored.problem is null
            then
                continue;
            else
                counted := counted + 1;
                delete from ops.source_days as days
                where days.source_name = source.source_name and not (is_reusable and days.is_settled);
                insert into ops.source_days as days (
                    source_name, metric_type, day, ahead_hour, is_settled, rows_count, last_at
                )
                select
                    source.source_name, added.metric_type, added.day, added.ahead_hour, added.is_settled,
                    added.rows_count, added.last_at
                from ops.count_source(
                    source.source_name, case when is_reusable then age(stored.horizon::xid) end, age(horizon::xid),
                    clock_timestamp()
                ) as added
                on conflict (source_name, metric_type, day, ahead_hour, is_settled) do update
                set
                    rows_count = days.rows_count + excluded.rows_count,
                    last_at = greatest(days.last_at, excluded.last_at);
                if source.source_name = 'summary_daily' then
                    insert into ops.source_days as days (source_name, metric_type, is_settled, rows_count)
                    select source.source_name, 'duplicate', added.is_settled, added.rows_count
                    from ops.count_duplicates(
                        case when is_reusable then age(stored.horizon::xid) end, age(horizon::xid)
                    ) as added
                    on conflict (source_name, metric_type, day, ahead_hour, is_settled) do update
                    set rows_count = days.rows_count + excluded.rows_count;
                end if;
            end if;
            execute format('select exists (%s)', canon.arrivals_query(source.source_name)) into has_rows;
            insert into ops.source_counts as counts (
                source_name, had_rows, counted_at, identity, rows_inserted, table_bytes, horizon
            )
            values (
                source.source_name, coalesce(stored.had_rows, false) or has_rows, clock_timestamp(),
                counters.identity, counters.rows_inserted, counters.table_bytes, horizon
            )
            on conflict (source_name) do update
            set
                had_rows = excluded.had_rows,
                counted_at = excluded.counted_at,
                identity = excluded.identity,
                rows_inserted = excluded.rows_inserted,
                table_bytes = excluded.table_bytes,
                horizon = excluded.horizon,
                problem = null,
                problem_code = null
            where
                counts.problem is not null
                or (counts.had_rows, counts.identity, counts.rows_inserted, counts.table_bytes, counts.horizon)
                is distinct from
                (excluded.had_rows, excluded.identity, excluded.rows_inserted, excluded.table_bytes, excluded.horizon);
        exception
            -- one source that cannot be looked at must not hide the others
            when others then
                insert into ops.source_counts as counts (source_name, had_rows, counted_at, problem, problem_code)
                values (
                    source.source_name, coalesce(stored.had_rows, false), clock_timestamp(), sqlerrm, sqlstate
                )
                on conflict (source_name) do update
                set problem = excluded.problem, problem_code = excluded.problem_code
                where
                    (counts.problem, counts.problem_code)
                    is distinct from (excluded.problem, excluded.problem_code);
        end;
    end loop;
    return counted;
end
$$;

CREATE FUNCTION ops.refuse_change() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
begin
    raise exception '%.% is append-only: % is refused', tg_table_schema, tg_table_name, tg_op
        using
            errcode = 'restrict_violation',
            hint = 'Write a new row that says what is different; revert_backfill does that for a whole run.';
end
$$;

CREATE FUNCTION ops.run_settings(run_id integer) RETURNS TABLE(as_of timestamp with time zone, timezone text, country text, target_park_id text, hot_value_people integer, scope_date_from date, scope_date_to date, source_tables text[], is_incremental boolean, is_index_refreshed boolean)
    LANGUAGE sql STABLE ROWS 1 PARALLEL SAFE
    AS $$
    select
        run.started_at,
        run.parameters ->> 'timezone',
        run.parameters ->> 'country',
        run.parameters ->> 'target_park_id',
        (run.parameters ->> 'hot_value_people')::integer,
        run.scope_date_from,
        run.scope_date_to,
        (select array_agg(source_table) from jsonb_array_elements_text(run.parameters -> 'source_tables') as source_table),
        run.incremental,
        coalesce((run.parameters ->> 'refresh_index')::boolean, true)
    from ops.ingestion_runs as run
    where run.id = run_settings.run_id
$$;

CREATE FUNCTION ops.seal_audited_runs(current_run_id integer) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    unsealed record;
    previous bytea;
    sealed integer := 0;
begin
    perform ops.take_lock('audit_chain');
    if not exists (
        select 1 from ops.ingestion_runs as run where run.id = current_run_id and run.status = 'RUNNING'
    ) then
        raise exception 'run % is not running and seals nothing', current_run_id
            using hint = 'Start a run of scout_attribution_refresh; it seals what is there.';
    end if;
    for unsealed in
        with runs as (
            select run.id as run_id, run.status::text as status
            from ops.ingestion_runs as run
            union
            select audited.run_id, 'UNKNOWN'
            from ops.audited_runs as audited
            where not exists (select 1 from ops.ingestion_runs as run where run.id = audited.run_id)
        )

        select
            runs.run_id,
            wanted.part
        from runs
        cross join (values ('backfills'), ('states')) as wanted (part)
        where
            (runs.status <> 'RUNNING' or (wanted.part = 'backfills' and runs.run_id = current_run_id))
            and not exists (
                select 1 from ops.audit_chain as link where link.run_id = runs.run_id and link.part = wanted.part
            )
        order by runs.run_id, wanted.part
    loop
        select link.hash into previous from ops.audit_chain as link order by link.position desc limit 1;
        insert into ops.audit_chain (run_id, part, audit_rows, previous_hash, hash)
        select unsealed.run_id, unsealed.part, found.audit_rows, coalesce(previous, ''), found.hash
        from ops.audit_hash(unsealed.run_id, unsealed.part, coalesce(previous, '')) as found;
        sealed := sealed + 1;
    end loop;
    return sealed + ops.seal_decisions(current_run_id);
end
$$;

CREATE FUNCTION ops.seal_decisions(current_run_id integer) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
    before jsonb;
    ranges jsonb;
    previous bytea;
begin
    lock table
        ops.human_decisions, ops.identity_links_backfill_audit, ops.lead_events_scout_backfill_audit,
        ops.lead_ledger_scout_backfill_audit, ops.liquidation_periods, ops.scout_statements, ops.scout_statement_lines,
        ops.scout_statement_payments, ops.personal_data_access in share mode;
    select link.covers into before
    from ops.audit_chain as link
    where link.part = 'decisions'
    order by link.position desc
    limit 1;
    with newest as (
        select 'human_decisions' as table_name, max(decision.id) as id
        from ops.human_decisions as decision
        union all
        select 'identity_links_backfill_audit', max(audit.id)
        from ops.identity_links_backfill_audit as audit where audit.ingestion_run_id is null
        union all
        select 'lead_events_scout_backfill_audit', max(audit.id)
        from ops.lead_events_scout_backfill_audit as audit where audit.ingestion_run_id is null
        union all
        select 'lead_ledger_scout_backfill_audit', max(audit.id)
        from ops.lead_ledger_scout_backfill_audit as audit where audit.ingestion_run_id is null
        union all
        select 'liquidation_periods', max(period.id)
        from ops.liquidation_periods as period
        union all
        select 'scout_statements', max(statement.id)
        from ops.scout_statements as statement
        union all
        select 'scout_statement_lines', max(line.id)
        from ops.scout_statement_lines as line
        union all
        select 'scout_statement_payments', max(payment.id)
        from ops.scout_statement_payments as payment
        union all
        select 'personal_data_access', max(access.id)
        from ops.personal_data_access as access
    ),

    bounds as (
        select
            newest.table_name,
            coalesce((before -> newest.table_name ->> 1)::bigint, 0) as after_id,
            coalesce(newest.id, 0) as up_to_id
        from newest
    )

    select jsonb_object_agg(
        bounds.table_name, jsonb_build_array(bounds.after_id, greatest(bounds.after_id, bounds.up_to_id))
    ) into ranges
    from bounds
    having bool_or(bounds.up_to_id > bounds.after_id);
    if ranges is null then
        return 0;
    end if;
    select link.hash into previous from ops.audit_chain as link order by link.position desc limit 1;
    insert into ops.audit_chain (run_id, part, audit_rows, previous_hash, hash, covers)
    select current_run_id, 'decisions', found.audit_rows, coalesce(previous, ''), found.hash, ranges
    from ops.decisions_hash(ranges, current_run_id, coalesce(previous, '')) as found
    on conflict (run_id, part) do nothing; -- the step is repeated: what came since is the next run's
    return 1;
end
$$;

CREATE FUNCTION ops.source_days_now(moment timestamp with time zone DEFAULT now()) RETURNS TABLE(source_name text, metric_type text, day date, rows_count bigint, last_at timestamp with time zone)
    LANGUAGE plpgsql STABLE
    SET jit TO 'off'
    AS $$
begin
    return query
    select days.*
    from canon.watched_sources as watched
    cross join lateral ops.source_days_of(watched.source_name, moment) as days;
end
$$;

CREATE FUNCTION ops.source_days_of(source text, moment timestamp with time zone) RETURNS TABLE(source_name text, metric_type text, day date, rows_count bigint, last_at timestamp with time zone)
    LANGUAGE plpgsql STABLE
    SET jit TO 'off'
    AS $$
declare
    found_now record;
    stored ops.source_counts;
    is_reusable boolean;
    is_current boolean;
begin
    select
        counters.*,
        counters.table_bytes > settings.live_count_bytes as is_large
    into found_now
    from canon.watched_sources as watched
    cross join ops.health_settings as settings
    cross join lateral ops.read_table_counters(
        to_regclass(format('%I.%I', watched.schema_name, watched.object_name))
    ) as counters
    where watched.source_name = source;
    if not found then
        return;
    end if;
    select counts.* into stored from ops.source_counts as counts where counts.source_name = source;
    is_reusable := coalesce(
        found_now.is_large and stored.identity = found_now.identity
        and pg_snapshot_xmax(pg_current_snapshot())::text::bigint - stored.horizon::text::bigint < 1000000000, false
    );
    is_current := is_reusable
        and stored.rows_inserted = found_now.rows_inserted and stored.table_bytes = found_now.table_bytes;
    if is_reusable then
        return query
        select days.source_name, days.metric_type, days.day, days.rows_count, days.last_at
        from ops.source_days as days
        where days.source_name = source and (is_current or days.is_settled);
    end if;
    if not is_current then
        return query
        select source, counted.metric_type, counted.day, counted.rows_count, counted.last_at
        from ops.count_source(
            source, case when is_reusable then age(stored.horizon::xid) end, null, moment
        ) as counted;
    end if;
exception
    -- one source that cannot be looked at must not hide the others
    when others then
        return query
        select source, 'problem', null::date, 0::bigint, null::timestamptz;
end
$$;

CREATE FUNCTION ops.source_duplicates_now() RETURNS TABLE(source_name text, rows_count bigint)
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET jit TO 'off'
    AS $$
declare
    source record;
    stored ops.source_counts;
    is_reusable boolean;
    is_current boolean;
    is_parts boolean := (select setting.come_in_parts from canon.trip_day_settings as setting);
begin
    select
        watched.source_name,
        counters.*,
        counters.table_bytes > settings.live_count_bytes as is_large
    into source
    from canon.watched_sources as watched
    cross join ops.health_settings as settings
    cross join lateral ops.read_table_counters(
        to_regclass(format('%I.%I', watched.schema_name, watched.object_name))
    ) as counters
    where watched.source_name = 'summary_daily';
    select counts.* into stored from ops.source_counts as counts where counts.source_name = source.source_name;
    is_reusable := coalesce(
        source.is_large and stored.identity = source.identity
        and pg_snapshot_xmax(pg_current_snapshot())::text::bigint - stored.horizon::text::bigint < 1000000000, false
    );
    is_current := is_reusable
        and stored.rows_inserted = source.rows_inserted and stored.table_bytes = source.table_bytes;
    return query
    select source.source_name, sum(counted.rows_count)::bigint
    from (
        select days.rows_count
        from ops.source_days as days
        where
            is_reusable
            and days.source_name = source.source_name
            and days.metric_type = 'duplicate'
            and (is_current or days.is_settled)
            and not is_parts
        union all
        select added.rows_count
        from ops.count_duplicates(case when is_reusable then age(stored.horizon::xid) end, null) as added
        where not is_current and not is_parts
    ) as counted
    having sum(counted.rows_count) > 0;
exception
    -- that it cannot be read is a row of ops.source_days_now
    when others then
        return;
end
$$;

CREATE FUNCTION ops.source_health_at(moment timestamp with time zone) RETURNS TABLE(source_name text, source_type text, max_business_date date, business_days_lag integer, max_ingestion_ts timestamp with time zone, ingestion_lag_interval interval, rows_business_yesterday bigint, rows_business_today bigint, rows_ingested_yesterday bigint, rows_ingested_today bigint, health_status text, severity text, states text[], expected_cadence interval, due_at timestamp with time zone, rubbish_count bigint, total_rows bigint, rows_dated_ahead bigint, is_optional boolean, checked_at timestamp with time zone, volume_day date, rows_of_day bigint, usual_rows bigint, least_rows bigint, rows_before bigint)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET jit TO 'off'
    AS $$
    with measured as (
        select
            fresh.*,
            source.source_type,
            source.business_date_expr,
            source.expected_cadence,
            source.is_optional,
            days.cadence_days,
            due.due_at,
            due.due_at + source.grace < moment as is_late,
            moment - due.due_at as late_by,
            ops.expected_days(fresh.max_business_date, fresh.last_ingestion_date, source.weekdays) as days_behind,
            coalesce(counts.had_rows, false) as had_rows,
            exists (
                select from canon.replaced_sources as replaced
                where source.schema_name = 'public' and replaced.table_name = source.object_name
            ) as is_replaced
        from ops.source_expectations as source
        cross join ops.health_settings as settings
        inner join ops.measure_sources(moment) as fresh on fresh.source_name = source.source_name
        cross join lateral (
            select greatest(1, ceil(extract(epoch from source.expected_cadence) / 86400))::integer as cadence_days
        ) as days
        cross join lateral (
            select ops.due_at(
                fresh.max_ingestion_ts, nullif(source.expected_cadence, interval '0'), source.weekdays,
                settings.timezone
            ) as due_at
        ) as due
        left join ops.source_counts as counts on counts.source_name = source.source_name
    ),

    judged as (
        select
            measured.*,
            case when measured.is_replaced and measured.total_rows is not null then array['RED_SOURCE_REPLACED'] end
            || case
                when measured.total_rows is null then array['CHECK_FAILED']
                when measured.expected_cadence = interval '0' then array['UNKNOWN']
                when measured.total_rows = 0 and measured.is_optional and not measured.had_rows then array['UNKNOWN']
                when measured.total_rows = 0 and measured.had_rows then array['RED_SOURCE_EMPTIED', 'RED_NO_DATA']
                when measured.total_rows = 0 then array['RED_NO_DATA']
                when measured.max_ingestion_ts is null and measured.rows_just_ahead > 0
                    then array['YELLOW_STAMPS_AHEAD']
                when measured.max_ingestion_ts is null and measured.source_type = 'master'
                    then array[case when measured.is_optional then 'UNKNOWN' else 'RED_NO_DATA' end]
                else array_remove(array[
                    case
                        when
                            measured.source_type <> 'master'
                            and (
                                measured.max_ingestion_ts is null
                                or measured.late_by > make_interval(hours => 48 * measured.cadence_days)
                                - measured.expected_cadence
                            )
                            then 'RED_NO_INGESTION_2D'
                    end,
                    case when measured.late_by > interval '18 hours' then 'RED_INGESTION_STALE' end,
                    case
                        when
                            measured.rows_of_day < measured.least_rows
                            or measured.rows_before >= 15 and measured.total_rows < 0.6 * measured.rows_before
                            then 'YELLOW_VOLUME_DROP'
                    end,
                    case when measured.rows_just_ahead > 0 then 'YELLOW_STAMPS_AHEAD' end,
                    case when measured.source_type <> 'activity' and measured.is_late then 'YELLOW_INGESTION_1D' end,
                    case
                        when
                            measured.source_type <> 'master'
                            and measured.business_date_expr is not null
                            and (
                                measured.max_business_date is null
                                or measured.days_behind > measured.cadence_days
                                or measured.is_late
                                and (
                                    measured.source_type = 'activity'
                                    or measured.late_by > make_interval(hours => 24 * (1 - measured.days_behind))
                                )
                            )
                            then 'YELLOW_BUSINESS_LAG'
                    end
                ], null)
            end as states
        from measured
    )

    select
        judged.source_name,
        judged.source_type,
        judged.max_business_date,
        judged.today - judged.max_business_date,
        judged.max_ingestion_ts,
        case when judged.max_ingestion_ts is not null then greatest(moment - judged.max_ingestion_ts, interval '0') end,
        judged.rows_business_yesterday,
        judged.rows_business_today,
        judged.rows_ingested_yesterday,
        judged.rows_ingested_today,
        coalesce(judged.states[1], 'GREEN_OK'),
        case
            when judged.states[1] = 'UNKNOWN' then 'UNKNOWN'
            when judged.states[1] is null then 'OK'
            when judged.states[1] = 'CHECK_FAILED' then 'RED'
            else split_part(judged.states[1], '_', 1)
        end,
        judged.states,
        judged.expected_cadence,
        judged.due_at,
        judged.rubbish_count,
        judged.total_rows,
        judged.rows_dated_ahead,
        judged.is_optional,
        moment,
        judged.volume_day,
        judged.rows_of_day,
        judged.usual_rows,
        judged.least_rows,
        judged.rows_before
    from judged
$$;

CREATE FUNCTION ops.source_problems_now() RETURNS TABLE(source_name text, problem text, code text)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    with obstacles as (
        select
            source.source_name,
            string_agg(
                concat_ws(
                    ' ', concat_ws('.', 'public', problem.table_name, problem.column_name), problem.found,
                    '(understood: ' || problem.types_understood || ')'
                ), '; '
            ) as problem
        from canon.source_problems() as problem
        inner join canon.watched_sources as source
            on source.schema_name = 'public' and source.object_name = problem.table_name
        group by source.source_name
    )

    select
        source.source_name,
        coalesce(obstacles.problem, counts.problem),
        case when obstacles.problem is null then counts.problem_code end
    from canon.watched_sources as source
    left join obstacles on obstacles.source_name = source.source_name
    left join ops.source_counts as counts on counts.source_name = source.source_name
    where coalesce(obstacles.problem, counts.problem) is not null
$$;

CREATE FUNCTION ops.take_lock(name text, wait boolean DEFAULT true) RETURNS boolean
    LANGUAGE plpgsql
    AS $$
declare
    key bigint := hashtextextended('control_tower ' || name, 0);
begin
    if name <> all(array['runs', 'alerts', 'audit_chain', 'source_counts']) then
        raise exception 'there is no lock %', name;
    end if;
    if wait then
        perform pg_advisory_xact_lock(key);
        return true;
    end if;
    return pg_try_advisory_xact_lock(key);
end
$$;

CREATE TABLE ops.source_volumes (
    source_name text NOT NULL,
    day date NOT NULL,
    rows_arrived bigint NOT NULL,
    total_rows bigint
);

CREATE FUNCTION ops.usual_volumes(volume_day date, country text, volumes ops.source_volumes[]) RETURNS TABLE(source_name text, rows_of_day bigint, usual_rows bigint, least_rows bigint)
    LANGUAGE sql IMMUTABLE
    AS $$
    with calendar as materialized (
        select
            passed.day::date as day,
            ops.is_holiday(passed.day::date, country) as is_holiday
        from generate_series(volume_day - 84, volume_day, interval '1 day') as passed (day)
    ),

    counted as materialized (
        select
            volume.source_name,
            volume.day,
            calendar.is_holiday,
            extract(isodow from volume.day) as weekday,
            max(volume.rows_arrived)::float8 as rows_count
        from unnest(volumes) as volume
        inner join calendar on calendar.day = volume.day
        where volume.rows_arrived > 0
        group by volume.source_name, volume.day, calendar.is_holiday
    ),

    usual as (
        select
            counted.source_name,
            counted.weekday,
            count(*) as weeks,
            percentile_cont(0.5) within group (order by counted.rows_count) as rows_count
        from counted
        where counted.day < volume_day and not counted.is_holiday
        group by counted.source_name, counted.weekday
    ),

    shares as (
        select
            counted.source_name,
            counted.is_holiday,
            counted.rows_count / usual.rows_count as share
        from counted
        inner join usual on usual.source_name = counted.source_name and usual.weekday = counted.weekday
        where counted.day < volume_day and usual.weeks >= 3
    ),

    spread as (
        select
            shares.source_name,
            1.4826 * percentile_cont(0.5) within group (order by abs(shares.share - 1))
                filter (where not shares.is_holiday) as share,
            percentile_cont(0.5) within group (order by shares.share) filter (where shares.is_holiday) as holiday_share
        from shares
        group by shares.source_name
    )

    select
        counted.source_name,
        counted.rows_count::bigint,
        round(usual.rows_count)::bigint,
        ceil(usual.rows_count * least(
            0.75,
            case
                when deviation.share <= 1.4 / sqrt(usual.rows_count)
                    then power(greatest(1 - 3.2 * deviation.share / 2, 0), 2)
                else greatest(1 - 3.2 * deviation.share, 0)
            end
        ))::bigint
    from counted
    inner join usual on usual.source_name = counted.source_name and usual.weekday = counted.weekday
    inner join spread on spread.source_name = counted.source_name
    -- the median of few days lies nearer to them than to those to come, and is itself known to a share of a deviation
    cross join lateral (
        select spread.share * (1 + 1.2 / usual.weeks) * sqrt(1 + 1.57 / usual.weeks) as share
    ) as deviation
    where
        counted.day = volume_day
        and usual.weeks >= 4
        and usual.rows_count >= 20
        and (not counted.is_holiday or spread.holiday_share >= 0.75)
$$;

CREATE FUNCTION ops.v_check_results_at(moment timestamp with time zone) RETURNS TABLE(check_name text, subject text, severity text, state text, since timestamp with time zone, checked_at timestamp with time zone, age interval, is_overdue boolean, cause text, value jsonb, limit_value jsonb, details jsonb, episode_id bigint, muted_until timestamp with time zone)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    with last_check as (
        select max(health.checked_at) as last_at
        from ops.health_checks as health
        where health.checked_at <= moment
    ),

    -- Computed at read time: a health check that does not run cannot record that.
    health_itself as (
        select
            last_check.last_at,
            moment - last_check.last_at as age,
            case
                when last_check.last_at is null then 'RED_NO_CHECKS'
                when moment - last_check.last_at > interval '24 hours' then 'RED_CHECKS_STALE'
                when moment - last_check.last_at > interval '1 hour' then 'YELLOW_CHECKS_STALE'
                else 'OK'
            end as state
        from last_check
    ),

    failed_probes as (
        select known.subject as check_group
        from ops.check_states as known
        where known.check_name like 'probe.%' and known.severity in ('YELLOW', 'RED')
    ),

    latest as (
        select
            known.check_name,
            known.subject,
            case when unmeasured.is_true then 'UNKNOWN' else known.severity end as severity,
            case when unmeasured.is_true then 'CHECK_FAILED' else known.state end as state,
            known.since,
            known.checked_at,
            known.cause,
            known.value,
            known.limit_value,
            known.details
        from ops.check_states as known
        cross join lateral (
            select
                known.severity = 'OK'
                and split_part(known.check_name, '.', 1) in (select probe.check_group from failed_probes as probe)
                as is_true
        ) as unmeasured
        union all
        select
            'health.itself',
            'itself',
            split_part(health_itself.state, '_', 1),
            health_itself.state,
            coalesce(health_itself.last_at, moment),
            coalesce(health_itself.last_at, moment),
            'health',
            jsonb_build_object('gap_seconds', extract(epoch from health_itself.age)),
            jsonb_build_object(
                'gap_seconds', case when health_itself.state = 'RED_CHECKS_STALE' then 86400 else 3600 end
            ),
            '{}'::jsonb
        from health_itself
    )

    select
        latest.check_name,
        latest.subject,
        latest.severity,
        latest.state,
        latest.since,
        latest.checked_at,
        moment - latest.checked_at,
        moment - latest.checked_at > interval '1 hour',
        latest.cause,
        latest.value,
        latest.limit_value,
        latest.details,
        (
            select episode.id
            from ops.alert_episodes as episode
            where episode.closed_at is null and episode.problems ? latest.check_name
        ),
        (
            select max(mute.muted_until)
            from ops.alert_mutes as mute
            where
                mute.target in (latest.check_name, latest.cause)
                and mute.ended_at is null
                and (mute.states is null or mute.states -> latest.check_name ? latest.state)
                and mute.muted_until > moment
        )
    from latest
$$;

CREATE FUNCTION ops.v_data_freshness_status_at(moment timestamp with time zone) RETURNS TABLE(source_name text, max_business_date date, business_days_lag integer, max_ingestion_ts timestamp with time zone, ingestion_lag_interval interval, rows_business_yesterday bigint, rows_business_today bigint, rows_ingested_yesterday bigint, rows_ingested_today bigint, last_ingestion_date date, total_rows bigint, rubbish_count bigint, rows_dated_ahead bigint)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET jit TO 'off'
    AS $$
    select
        measured.source_name,
        measured.max_business_date,
        measured.today - measured.max_business_date,
        measured.max_ingestion_ts,
        case when measured.max_ingestion_ts is not null then greatest(moment - measured.max_ingestion_ts, interval '0') end,
        measured.rows_business_yesterday,
        measured.rows_business_today,
        measured.rows_ingested_yesterday,
        measured.rows_ingested_today,
        measured.last_ingestion_date,
        measured.total_rows,
        measured.rubbish_count,
        measured.rows_dated_ahead
    from ops.measure_sources(moment) as measured
$$;

CREATE FUNCTION ops.v_data_health_status_at(moment timestamp with time zone) RETURNS TABLE(source_name text, source_type text, max_business_date date, business_days_lag integer, max_ingestion_ts timestamp with time zone, ingestion_lag_interval interval, rows_business_yesterday bigint, rows_business_today bigint, rows_ingested_yesterday bigint, rows_ingested_today bigint, health_status text, severity text, states text[], expected_cadence interval, due_at timestamp with time zone, rubbish_count bigint, total_rows bigint, rows_dated_ahead bigint, is_optional boolean, checked_at timestamp with time zone)
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    select
        health.source_name,
        health.source_type,
        health.max_business_date,
        health.business_days_lag,
        health.max_ingestion_ts,
        health.ingestion_lag_interval,
        health.rows_business_yesterday,
        health.rows_business_today,
        health.rows_ingested_yesterday,
        health.rows_ingested_today,
        health.health_status,
        health.severity,
        health.states,
        health.expected_cadence,
        health.due_at,
        health.rubbish_count,
        health.total_rows,
        health.rows_dated_ahead,
        health.is_optional,
        health.checked_at
    from ops.source_health_at(moment) as health
$$;

CREATE FUNCTION ops.v_data_ingestion_daily_at(moment timestamp with time zone) RETURNS TABLE(source_name text, metric_type text, metric_date date, rows_count bigint)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET jit TO 'off'
    AS $$
    with clock as (
        select (moment at time zone settings.timezone)::date as today
        from ops.health_settings as settings
    )

    select
        days.source_name,
        days.metric_type,
        days.day,
        sum(days.rows_count)::bigint
    from ops.source_days_now(moment) as days
    inner join clock on days.day between clock.today - 90 and clock.today
    inner join canon.watched_sources as source on source.source_name = days.source_name
    where days.metric_type = 'ingestion' or (days.metric_type = 'business' and source.business_date_expr is not null)
    group by days.source_name, days.metric_type, days.day
$$;

CREATE FUNCTION ops.v_pipeline_health_at(moment timestamp with time zone) RETURNS TABLE(job_type text, severity text, state text, states text[], last_completed_at timestamp with time zone, age interval, last_run_id integer, last_run_status text, last_run_error text, running_since timestamp with time zone, is_paused boolean, checked_at timestamp with time zone, dag_id text)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET jit TO 'off'
    AS $$
    with pipelines (job_type, dag_id, what, yellow_after, red_after) as (
        values
        (
            'identity_run'::public.jobtype, 'identity_ingestion', 'INGESTION',
            interval '24 hours', interval '48 hours'
        ),
        (
            'scout_attribution_refresh', 'scout_attribution_refresh', 'ATTRIBUTION',
            interval '4 hours 30 minutes', interval '24 hours'
        )
    ),

    observed as (
        select
            pipelines.*,
            settings.stuck_after_minutes,
            settings.no_new_data_days,
            completed.completed_at as last_completed_at,
            moment - completed.counts_as_of as age,
            last_run.id as last_run_id,
            last_run.status::text as last_run_status,
            case when last_ended.status = 'FAILED' then last_ended.error_message::text end as last_run_error,
            case when last_run.status = 'RUNNING' then last_run.started_at end as running_since,
            last_ended.status = 'FAILED' as has_failed,
            case when dag.is_paused or dag.observed_at >= moment - interval '1 hour' then dag.is_paused end as is_paused
        from pipelines
        cross join ops.health_settings as settings
        left join lateral (
            select
                run.completed_at,
                as_of.counts_as_of
            from ops.ingestion_runs as run
            cross join lateral (
                select case
                    when run.completed_at <= moment then run.completed_at
                    when run.started_at <= moment then run.started_at
                    when run.completed_at <= moment + interval '1 hour' then moment
                end as counts_as_of
            ) as as_of
            where run.job_type = pipelines.job_type and run.status = 'COMPLETED' and as_of.counts_as_of is not null
            order by as_of.counts_as_of desc, run.id desc
            limit 1
        ) as completed on true
        left join lateral (
            select run.*
            from ops.ingestion_runs as run
            where run.job_type = pipelines.job_type and run.started_at <= moment + interval '1 hour'
            order by run.started_at desc, run.id desc
            limit 1
        ) as last_run on true
        left join lateral (
            select
                run.status,
                run.error_message
            from ops.ingestion_runs as run
            where
                run.job_type = pipelines.job_type
                and run.status in ('COMPLETED', 'FAILED')
                and run.started_at <= moment + interval '1 hour'
            order by run.started_at desc, run.id desc
            limit 1
        ) as last_ended on true
        left join ops.dag_observations as dag on dag.dag_id = pipelines.dag_id
    ),

    -- Runs of older programs have no records_read: they count as having brought new rows.
    quiet as (
        select
            observed.job_type,
            count(*) filter (where run.completed_at > moment - limits.days) > 0
            and not coalesce(bool_or(run.is_news) filter (where run.completed_at >= moment - limits.days), false)
            and exists (
                select 1 from ops.ingestion_runs as earlier
                where
                    earlier.job_type = observed.job_type
                    and earlier.status = 'COMPLETED'
                    and earlier.completed_at < moment - limits.days
            ) as is_quiet
        from observed
        cross join lateral (select make_interval(hours => 24 * observed.no_new_data_days) as days) as limits
        left join lateral (
            select
                recent.completed_at,
                coalesce(
                    (
                        select bool_or(source.rows_read::numeric > 0)
                        from json_each_text(recent.stats -> 'records_read') as source (source_name, rows_read)
                    ),
                    recent.stats -> 'records_read' is null
                ) as is_news
            from ops.ingestion_runs as recent
            where
                recent.job_type = observed.job_type
                and recent.status = 'COMPLETED'
                and recent.completed_at between moment - limits.days and moment + interval '1 hour'
        ) as run on true
        where observed.job_type = 'identity_run'
        group by observed.job_type, limits.days
    ),

    judged as (
        select
            observed.*,
            array_remove(array[
                case when observed.age is null then 'RED_NO_' || observed.what end,
                case when observed.age > observed.red_after then 'RED_' || observed.what || '_STALE' end,
                case when observed.has_failed then 'RED_RUN_FAILED' end,
                case
                    when observed.age > observed.yellow_after and observed.age <= observed.red_after
                        then 'YELLOW_' || observed.what || '_STALE'
                end,
                case
                    when moment - observed.running_since > make_interval(mins => observed.stuck_after_minutes)
                        then 'YELLOW_RUN_STUCK'
                end,
                case when observed.is_paused then 'YELLOW_DAG_PAUSED' end,
                case when quiet.is_quiet then 'YELLOW_NO_NEW_DATA' end
            ], null) as states
        from observed
        left join quiet on quiet.job_type = observed.job_type
    )

    select
        judged.job_type::text,
        coalesce(split_part(judged.states[1], '_', 1), 'OK'),
        coalesce(judged.states[1], 'OK'),
        judged.states,
        judged.last_completed_at,
        judged.age,
        judged.last_run_id,
        judged.last_run_status,
        judged.last_run_error,
        judged.running_since,
        judged.is_paused,
        moment,
        judged.dag_id
    from judged
$$;

CREATE FUNCTION ops.v_scout_attribution_health_at(moment timestamp with time zone) RETURNS TABLE(state text, reasons text[], pct_scout_satisfactory numeric, conflicts_count bigint, total_persons bigint, persons_with_scout_satisfactory bigint, job_state text, job_severity text, last_completed_at timestamp with time zone, checked_at timestamp with time zone)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET jit TO 'off'
    AS $$
    with counted as materialized ( -- sums once, compared several times
        select
            totals.persons as total,
            totals.satisfactory,
            totals.conflicts
        from canon.attribution_totals as totals
    ),

    reasons as (
        select
            counted.*,
            job.state as job_state,
            job.severity as job_severity,
            job.last_completed_at,
            array_remove(array[
                case when counted.satisfactory * 100 < counted.total * 50 then 'SATISFACTORY_BELOW_50' end,
                case when counted.conflicts > 100 then 'CONFLICTS_OVER_100' end
            ], null)
            || case when job.severity = 'RED' then job.states else '{}' end as red_reasons,
            array_remove(array[
                case when counted.total = 0 then 'NO_PERSONS' end,
                case
                    when
                        counted.satisfactory * 100 >= counted.total * 50
                        and counted.satisfactory * 100 < counted.total * 80
                        then 'SATISFACTORY_BELOW_80'
                end,
                case when counted.conflicts > 50 and counted.conflicts <= 100 then 'CONFLICTS_OVER_50' end
            ], null)
            || case when job.severity = 'YELLOW' then job.states else '{}' end as yellow_reasons
        from counted
        cross join ops.v_pipeline_health_at(moment) as job
        where job.job_type = 'scout_attribution_refresh'
    )

    select
        case
            when cardinality(reasons.red_reasons) > 0 then 'FAIL'
            when cardinality(reasons.yellow_reasons) > 0 then 'WARN'
            else 'OK'
        end,
        reasons.red_reasons || reasons.yellow_reasons,
        round(100.0 * reasons.satisfactory / nullif(reasons.total, 0), 2),
        reasons.conflicts,
        reasons.total,
        reasons.satisfactory,
        reasons.job_state,
        reasons.job_severity,
        reasons.last_completed_at,
        moment
    from reasons
$$;

CREATE FUNCTION ops.v_source_days_at(source text, moment timestamp with time zone) RETURNS TABLE(day date, rows_arrived bigint, rows_of_business_day bigint, usual_rows bigint, least_rows bigint, is_expected boolean, is_holiday boolean)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET jit TO 'off'
    AS $$
    with clock as (
        select
            (moment at time zone settings.timezone)::date as today,
            settings.country,
            expected.weekdays,
            expected.expected_cadence
        from ops.health_settings as settings
        inner join ops.source_expectations as expected on expected.source_name = source
    ),

    counted as materialized (
        select
            days.metric_type,
            days.day,
            sum(days.rows_count)::bigint as rows_count
        from ops.source_days_of(source, moment) as days
        where days.metric_type in ('business', 'ingestion')
        group by days.metric_type, days.day
    ),

    -- what arrived on a day is kept: a table that is reloaded forgets it
    arrived as materialized (
        select
            seen.day,
            max(seen.rows_count) as rows_count
        from (
            select counted.day, counted.rows_count from counted where counted.metric_type = 'ingestion'
            union all
            select known.day, known.rows_arrived from ops.source_volumes as known where known.source_name = source
        ) as seen
        group by seen.day
    ),

    shown as (
        select passed.day::date as day
        from clock
        cross join generate_series(clock.today - 41, clock.today, interval '1 day') as passed (day)
    )

    select
        shown.day,
        coalesce(arrived.rows_count, 0),
        coalesce(business.rows_count, 0),
        usual.usual_rows,
        usual.least_rows,
        clock.expected_cadence > interval '0'
        and (clock.weekdays is null or extract(isodow from shown.day) = any(clock.weekdays)),
        ops.is_holiday(shown.day, clock.country)
    from shown
    cross join clock
    left join arrived on arrived.day = shown.day
    left join counted as business on business.metric_type = 'business' and business.day = shown.day
    left join lateral (
        select
            volume.usual_rows,
            volume.least_rows
        from ops.usual_volumes(shown.day, clock.country, array(
            select row(source, past.day, past.rows_count, null::bigint)::ops.source_volumes
            from arrived as past
            where past.day between shown.day - 84 and shown.day - 1
            union all
            select row(source, shown.day, 1, null::bigint)::ops.source_volumes
        )) as volume
    ) as usual on true
$$;

CREATE FUNCTION ops.verify_audit(sent_hashes text DEFAULT ''::text) RETURNS TABLE(is_intact boolean, finding text, link_position bigint, run_id integer, table_name text, id bigint, hash text, sealed_at timestamp with time zone)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
    with broken as (
        select chain.position, chain.run_id
        from ops.v_audit_chain as chain
        where chain.is_intact is not true
    ),

    given as (
        select lower(word.found[1]) as hash
        from regexp_matches(verify_audit.sent_hashes, '[0-9A-Fa-f]{12,64}', 'g') as word (found)
    ),

    newest as (
        select link.position, link.run_id, link.hash, link.sealed_at
        from ops.audit_chain as link
        order by link.position desc
        limit 1
    )

    select
        true,
        'CHAIN_INTACT',
        newest.position,
        newest.run_id,
        null,
        null::bigint,
        encode(newest.hash, 'hex'),
        newest.sealed_at
    from newest
    where not exists (select 1 from broken)
    union all
    select
        false,
        'LINK_BROKEN',
        broken.position,
        broken.run_id,
        null,
        null,
        null,
        null
    from broken
    union all
    select
        false,
        stray.fault,
        stray.position,
        stray.run_id,
        stray.table_name,
        stray.id,
        null,
        null
    from ops.audit_strays as stray
    union all
    select
        link.position is not null,
        case when link.position is null then 'HASH_MISSING' else 'HASH_FOUND' end,
        link.position,
        link.run_id,
        null,
        null,
        coalesce(encode(link.hash, 'hex'), given.hash),
        link.sealed_at
    from given
    left join ops.audit_chain as link on starts_with(encode(link.hash, 'hex'), given.hash)
$$;

CREATE UNLOGGED TABLE canon.account_group_persons_this_run (
    account_group character varying NOT NULL,
    persons uuid[] NOT NULL,
    person_key uuid
);

CREATE VIEW canon.arrivals_of_drivers AS
 SELECT transaction_id AS row_version,
    NULL::date AS business_date,
    NULL::text AS business_text,
    came_at_local,
    came_at
   FROM canon.read_drivers() driver(row_version, transaction_id, driver_id, park_id, phone, license_number, license_normalized_number, full_name, name_parts, car_number, car_normalized_number, car_brand, car_model, hire_date, came_at_local, came_at);

CREATE TABLE ops.health_settings (
    is_only boolean DEFAULT true NOT NULL,
    timezone text DEFAULT 'America/Lima'::text NOT NULL,
    stuck_after_minutes integer DEFAULT 120 NOT NULL,
    no_new_data_days integer DEFAULT 3 NOT NULL,
    source_cadence_hours jsonb DEFAULT '{}'::jsonb NOT NULL,
    source_grace_hours integer DEFAULT 3 NOT NULL,
    live_count_bytes bigint DEFAULT 2097152 NOT NULL,
    source_own_grace_hours jsonb DEFAULT '{}'::jsonb NOT NULL,
    source_zones jsonb DEFAULT '{}'::jsonb NOT NULL,
    source_weekdays jsonb DEFAULT '{}'::jsonb NOT NULL,
    country text DEFAULT 'PE'::text NOT NULL,
    CONSTRAINT health_settings_is_only_check CHECK (is_only),
    CONSTRAINT health_settings_no_new_data_days_check CHECK ((no_new_data_days > 0)),
    CONSTRAINT health_settings_source_grace_hours_check CHECK (((source_grace_hours >= 0) AND (source_grace_hours <= 18))),
    CONSTRAINT health_settings_stuck_after_minutes_check CHECK ((stuck_after_minutes > 0))
);

CREATE TABLE ops.ingestion_runs (
    id integer NOT NULL,
    started_at timestamp with time zone DEFAULT now() NOT NULL,
    completed_at timestamp with time zone,
    status public.runstatus DEFAULT 'RUNNING'::public.runstatus NOT NULL,
    stats json,
    error_message character varying,
    job_type public.jobtype DEFAULT 'identity_run'::public.jobtype,
    scope_date_from date,
    scope_date_to date,
    incremental boolean DEFAULT true,
    parameters jsonb,
    heartbeat_at timestamp with time zone,
    dag_id text,
    dag_run_id text
);

CREATE VIEW canon.arrivals_of_ingestion_runs AS
 SELECT run.xmin AS row_version,
    COALESCE(run.scope_date_to, ((run.completed_at AT TIME ZONE zone.timezone))::date) AS business_date,
    NULL::text AS business_text,
    NULL::timestamp without time zone AS came_at_local,
    run.completed_at AS came_at
   FROM (ops.ingestion_runs run
     CROSS JOIN ( SELECT settings.timezone
           FROM ops.health_settings settings) zone)
  WHERE (run.status = 'COMPLETED'::public.runstatus);

CREATE TABLE observational.lead_events (
    id integer NOT NULL,
    source_table character varying NOT NULL,
    source_pk character varying NOT NULL,
    event_date date NOT NULL,
    person_key uuid,
    scout_id integer,
    payload_json jsonb,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);

CREATE VIEW canon.arrivals_of_lead_events AS
 SELECT xmin AS row_version,
    event_date AS business_date,
    NULL::text AS business_text,
    NULL::timestamp without time zone AS came_at_local,
    created_at AS came_at
   FROM observational.lead_events event;

CREATE VIEW canon.arrivals_of_module_ct_cabinet_payments AS
 SELECT transaction_id AS row_version,
    pay_date AS business_date,
    NULL::text AS business_text,
    came_at_local,
    came_at
   FROM canon.read_module_ct_cabinet_payments() payment(transaction_id, payment_id, pay_date, pay_time, scout_id, driver_name, is_paid_1, is_paid_5, is_paid_25, driver_id, person_key, came_at_local, came_at);

CREATE VIEW canon.arrivals_of_module_ct_scout_drivers AS
 SELECT transaction_id AS row_version,
    NULL::date AS business_date,
    NULL::text AS business_text,
    came_at_local,
    came_at
   FROM canon.read_module_ct_scout_drivers() pair(transaction_id, came_at_local, came_at);

CREATE VIEW canon.arrivals_of_module_ct_scouts_list AS
 SELECT transaction_id AS row_version,
    NULL::date AS business_date,
    NULL::text AS business_text,
    came_at_local,
    came_at
   FROM canon.read_module_ct_scouts_list() scout(transaction_id, scout_id, name, raw_name, is_active, created_at, updated_at, came_at_local, came_at);

CREATE VIEW canon.arrivals_of_summary_daily AS
 SELECT transaction_id AS row_version,
    NULL::date AS business_date,
    COALESCE(day_text, ''::text) AS business_text,
    came_at_local,
    came_at
   FROM canon.read_summary_daily() daily(transaction_id, row_place, driver_id, day_text, trips, work_seconds, loaded_at, came_at_local, came_at);

CREATE TABLE ops.yango_payment_status_ledger (
    id bigint NOT NULL,
    snapshot_at timestamp with time zone DEFAULT now() NOT NULL,
    source_table text DEFAULT 'module_ct_cabinet_payments'::text NOT NULL,
    source_pk text NOT NULL,
    pay_date date,
    pay_time time without time zone,
    raw_driver_name text NOT NULL,
    driver_name_normalized text NOT NULL,
    milestone_type text DEFAULT 'trips'::text NOT NULL,
    milestone_value integer NOT NULL,
    is_paid boolean NOT NULL,
    paid_flag_source text NOT NULL,
    driver_id text,
    person_key uuid,
    match_rule text DEFAULT 'none'::text NOT NULL,
    match_confidence text DEFAULT 'unknown'::text NOT NULL,
    payment_key text NOT NULL,
    state_hash text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT yango_payment_status_ledger_match_confidence_check CHECK ((match_confidence = ANY (ARRAY['high'::text, 'medium'::text, 'unknown'::text]))),
    CONSTRAINT yango_payment_status_ledger_match_rule_check CHECK ((match_rule = ANY (ARRAY['none'::text, 'driver_name_unique'::text, 'driver_id_direct'::text]))),
    CONSTRAINT yango_payment_status_ledger_milestone_value_check CHECK ((milestone_value = ANY (ARRAY[1, 5, 25]))),
    CONSTRAINT yango_payment_status_ledger_paid_flag_source_check CHECK ((paid_flag_source = ANY (ARRAY['trip_1'::text, 'trip_5'::text, 'trip_25'::text])))
);

CREATE VIEW canon.arrivals_of_yango_payment_ledger AS
 SELECT xmin AS row_version,
    pay_date AS business_date,
    NULL::text AS business_text,
    NULL::timestamp without time zone AS came_at_local,
    snapshot_at AS came_at
   FROM ops.yango_payment_status_ledger payment;

CREATE TABLE canon.attribution_counts (
    id bigint NOT NULL,
    persons bigint DEFAULT 0 NOT NULL,
    satisfactory bigint DEFAULT 0 NOT NULL,
    conflicts bigint DEFAULT 0 NOT NULL,
    d_events bigint DEFAULT 0 NOT NULL,
    a_events bigint DEFAULT 0 NOT NULL,
    scouting_claims bigint DEFAULT 0 NOT NULL,
    lead_claims bigint DEFAULT 0 NOT NULL
);

ALTER TABLE canon.attribution_counts ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME canon.attribution_counts_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE canon.attribution_queue (
    person_key uuid NOT NULL
);

CREATE VIEW canon.attribution_totals AS
 SELECT (COALESCE(sum(persons), (0)::numeric))::bigint AS persons,
    (COALESCE(sum(satisfactory), (0)::numeric))::bigint AS satisfactory,
    (COALESCE(sum(conflicts), (0)::numeric))::bigint AS conflicts,
    (COALESCE(sum(d_events), (0)::numeric))::bigint AS d_events,
    (COALESCE(sum(a_events), (0)::numeric))::bigint AS a_events,
    (COALESCE(sum(scouting_claims), (0)::numeric))::bigint AS scouting_claims,
    (COALESCE(sum(lead_claims), (0)::numeric))::bigint AS lead_claims
   FROM canon.attribution_counts counted;

CREATE UNLOGGED TABLE canon.batch_this_run (
    run_id integer NOT NULL,
    started_at timestamp with time zone NOT NULL
);

CREATE TABLE canon.cabinet_claims (
    driver_id character varying,
    person_key uuid,
    driver_name character varying,
    milestone_value integer,
    lead_date date,
    expected_amount numeric(12,2),
    yango_due_date timestamp without time zone,
    yango_payment_status text,
    payment_key text,
    pay_date date,
    reason_code text,
    match_rule text,
    match_confidence text,
    identity_status text,
    suggested_driver_id text,
    is_reconcilable_enriched boolean,
    currency text,
    candidate_driver_ids text[],
    payment_keys text[]
);

CREATE TABLE canon.cabinet_claims_queue (
    kind text NOT NULL,
    value text NOT NULL,
    CONSTRAINT cabinet_claims_queue_kind_check CHECK ((kind = ANY (ARRAY['person'::text, 'driver'::text])))
);

CREATE TABLE canon.cabinet_financials (
    driver_id character varying,
    lead_date date,
    driver_name character varying,
    iso_week text,
    week_start date,
    connected_flag boolean,
    connected_date date,
    total_trips_14d bigint,
    reached_m1_14d boolean,
    reached_m5_14d boolean,
    reached_m25_14d boolean,
    expected_amount_m1 numeric(12,2),
    expected_amount_m5 numeric(12,2),
    expected_amount_m25 numeric(12,2),
    expected_total_yango numeric(12,2),
    claim_m1_exists boolean,
    claim_m1_paid boolean,
    claim_m5_exists boolean,
    claim_m5_paid boolean,
    claim_m25_exists boolean,
    claim_m25_paid boolean,
    paid_amount_m1 numeric,
    paid_amount_m5 numeric,
    paid_amount_m25 numeric,
    total_paid_yango numeric,
    amount_due_yango numeric,
    currency text,
    person_key uuid
);

CREATE UNLOGGED TABLE canon.candidates_this_run (
    source_table character varying NOT NULL,
    source_pk character varying NOT NULL,
    rule text NOT NULL,
    driver_id character varying,
    person_key uuid,
    driver_name text,
    account_group character varying,
    park_id character varying,
    record_name text,
    person_record character varying,
    CONSTRAINT candidates_this_run_check CHECK ((num_nonnulls(driver_id, person_key) = 1))
);

CREATE TABLE canon.check_queue (
    id bigint NOT NULL,
    source_table text,
    source_pk text,
    person_key uuid
);

ALTER TABLE canon.check_queue ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME canon.check_queue_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE observational.lead_ledger (
    person_key uuid NOT NULL,
    attributed_source character varying,
    attributed_scout_id integer,
    attribution_rule character varying,
    attribution_score numeric(5,2) NOT NULL,
    confidence_level public.attributionconfidence NOT NULL,
    evidence_json jsonb,
    decision_status public.decisionstatus NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    event_scouts integer,
    conflict_since timestamp with time zone,
    event_count integer,
    first_event_date date,
    last_event_date date,
    first_claim_id integer,
    first_claim_date date,
    last_claim_date date,
    event_scout_ids integer[],
    has_scouting_claim boolean,
    has_lead_claim boolean
);

CREATE VIEW canon.claimed_persons AS
 SELECT person_key,
    (attributed_scout_id IS NOT NULL) AS is_in_ledger,
        CASE
            WHEN (attributed_scout_id IS NOT NULL) THEN attributed_scout_id
            WHEN ((attribution_rule)::text = 'MANUAL'::text) THEN NULL::integer
            WHEN (event_scouts = 1) THEN event_scout_id
            ELSE NULL::integer
        END AS scout_id,
    (COALESCE((decision_status = 'conflict'::public.decisionstatus), false) OR ((attributed_scout_id IS NULL) AND ((attribution_rule)::text IS DISTINCT FROM 'MANUAL'::text) AND COALESCE((event_scouts > 1), false))) AS is_conflict,
    first_claim_id,
    updated_at
   FROM ( SELECT ledger.person_key,
            ledger.attributed_scout_id,
            ledger.attribution_rule,
            ledger.decision_status,
            ledger.updated_at,
            ledger.event_scouts,
            ledger.event_scout_ids[1] AS event_scout_id,
            ledger.first_claim_id,
            false AS is_looked_up
           FROM observational.lead_ledger ledger
        UNION ALL
         SELECT queued.person_key,
            ledger.attributed_scout_id,
            ledger.attribution_rule,
            ledger.decision_status,
            ledger.updated_at,
            events.scouts,
            events.scout_id,
            events.first_claim_id,
            true
           FROM ((canon.attribution_queue queued
             LEFT JOIN observational.lead_ledger ledger ON ((ledger.person_key = queued.person_key)))
             LEFT JOIN LATERAL ( SELECT (count(DISTINCT event.scout_id))::integer AS scouts,
                    min(event.scout_id) AS scout_id,
                    (array_agg(event.id ORDER BY event.event_date, event.id))[1] AS first_claim_id
                   FROM observational.lead_events event
                  WHERE ((event.person_key = queued.person_key) AND (event.scout_id IS NOT NULL))) events ON (true))) person
  WHERE (((attributed_scout_id IS NOT NULL) OR (decision_status = 'conflict'::public.decisionstatus) OR ((attribution_rule)::text = 'MANUAL'::text) OR (first_claim_id IS NOT NULL)) AND (is_looked_up OR (( SELECT q.person_key
           FROM canon.attribution_queue q
          WHERE (q.person_key = person.person_key)) IS DISTINCT FROM person_key)));

CREATE TABLE canon.claims_yango_cabinet_14d (
    claim_id integer NOT NULL,
    person_key uuid,
    driver_id character varying,
    lead_source_pk character varying NOT NULL,
    lead_date date NOT NULL,
    milestone integer NOT NULL,
    amount_expected numeric(12,2) NOT NULL,
    status public.claimstatus DEFAULT 'expected'::public.claimstatus NOT NULL,
    expected_at timestamp with time zone,
    generated_at timestamp with time zone,
    paid_at timestamp with time zone,
    reason character varying,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL
);

CREATE SEQUENCE canon.claims_yango_cabinet_14d_claim_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE canon.claims_yango_cabinet_14d_claim_id_seq OWNED BY canon.claims_yango_cabinet_14d.claim_id;

CREATE VIEW canon.conflicts AS
 SELECT person_key,
    scouts,
    first_claim_date,
    last_claim_date,
    ledger_scout_id,
    since,
    claimants
   FROM ( SELECT ledger.person_key,
            ((COALESCE(cardinality(ledger.event_scout_ids), 0))::bigint +
                CASE
                    WHEN (ledger.attributed_scout_id <> ALL (COALESCE(ledger.event_scout_ids, '{}'::integer[]))) THEN 1
                    ELSE 0
                END) AS scouts,
            ledger.first_claim_date,
            ledger.last_claim_date,
            ledger.attributed_scout_id AS ledger_scout_id,
            COALESCE(ledger.conflict_since, ledger.updated_at) AS since,
            array_append(ledger.event_scout_ids, ledger.attributed_scout_id) AS claimants,
            ledger.decision_status,
            false AS is_looked_up
           FROM observational.lead_ledger ledger
        UNION ALL
         SELECT ledger.person_key,
            (events.scouts +
                CASE
                    WHEN (ledger.attributed_scout_id <> ALL (events.scout_ids)) THEN 1
                    ELSE 0
                END),
            events.first_claim_date,
            events.last_claim_date,
            ledger.attributed_scout_id,
            COALESCE(ledger.conflict_since, ledger.updated_at) AS "coalesce",
            array_append(events.scout_ids, ledger.attributed_scout_id) AS array_append,
            ledger.decision_status,
            true
           FROM ((canon.attribution_queue queued
             JOIN observational.lead_ledger ledger ON ((ledger.person_key = queued.person_key)))
             LEFT JOIN LATERAL ( SELECT count(DISTINCT event.scout_id) AS scouts,
                    COALESCE(array_agg(DISTINCT event.scout_id), '{}'::integer[]) AS scout_ids,
                    min(event.event_date) AS first_claim_date,
                    max(event.event_date) AS last_claim_date
                   FROM observational.lead_events event
                  WHERE ((event.person_key = queued.person_key) AND (event.scout_id IS NOT NULL))) events ON (true))) person
  WHERE ((decision_status = 'conflict'::public.decisionstatus) AND (is_looked_up OR (( SELECT q.person_key
           FROM canon.attribution_queue q
          WHERE (q.person_key = person.person_key)) IS DISTINCT FROM person_key)));

CREATE UNLOGGED TABLE canon.decisions_this_run (
    source_table character varying NOT NULL,
    source_pk character varying NOT NULL,
    reason_code text,
    match_rule text,
    match_score integer,
    confidence_level public.confidencelevel,
    account_group character varying,
    driver_id character varying,
    evidence jsonb,
    candidates jsonb,
    match_probability double precision,
    is_linked boolean DEFAULT false NOT NULL
);

CREATE TABLE canon.driver_orphan_quarantine (
    driver_id character varying NOT NULL,
    person_key uuid,
    detected_at timestamp with time zone DEFAULT now() NOT NULL,
    detected_reason public.orphan_detected_reason NOT NULL,
    creation_rule character varying,
    evidence_json jsonb,
    status public.orphan_status DEFAULT 'quarantined'::public.orphan_status NOT NULL,
    resolved_at timestamp with time zone,
    resolution_notes text
);

CREATE TABLE canon.drivers_index (
    driver_id character varying NOT NULL,
    park_id character varying,
    phone_norm character varying,
    license_norm character varying,
    plate_norm character varying,
    full_name_norm character varying,
    hire_date date,
    snapshot_date date NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    brand_norm character varying,
    model_norm character varying,
    car_fingerprint text,
    row_version xid,
    account_group character varying,
    license_number text
);

CREATE TABLE canon.identity_links (
    id integer NOT NULL,
    person_key uuid NOT NULL,
    source_table character varying NOT NULL,
    source_pk character varying NOT NULL,
    snapshot_date timestamp with time zone NOT NULL,
    match_rule character varying NOT NULL,
    match_score integer NOT NULL,
    confidence_level public.confidencelevel NOT NULL,
    evidence jsonb,
    linked_at timestamp with time zone DEFAULT now() NOT NULL,
    run_id integer,
    matched_driver_id character varying,
    match_probability double precision,
    weights_version integer
);

CREATE VIEW canon.trip_day_settings AS
 SELECT COALESCE(( SELECT ((run.parameters ->> 'trip_days_come_in_parts'::text))::boolean AS bool
           FROM ops.ingestion_runs run
          WHERE (run.parameters ? 'trip_days_come_in_parts'::text)
          ORDER BY run.id DESC
         LIMIT 1), false) AS come_in_parts;

CREATE VIEW canon.source_daily_trips AS
 SELECT (daily.driver_id)::character varying AS driver_id,
    written.trip_date,
    GREATEST(daily.trips, 0) AS trips,
    GREATEST(daily.work_seconds, (0)::bigint) AS work_seconds,
    daily.loaded_at,
    age(daily.transaction_id) AS row_age,
    daily.row_place,
        CASE
            WHEN ( SELECT setting.come_in_parts
               FROM canon.trip_day_settings setting) THEN daily.row_place
            ELSE NULL::tid
        END AS part
   FROM (canon.read_summary_daily() daily(transaction_id, row_place, driver_id, day_text, trips, work_seconds, loaded_at, came_at_local, came_at)
     CROSS JOIN LATERAL ( SELECT canon.parse_date_file(file.date_file) AS trip_date
           FROM ( VALUES (daily.day_text)) file(date_file)
          ORDER BY file.date_file
         OFFSET 0) written);

CREATE VIEW canon.lead_conversions AS
 WITH people AS (
         SELECT event.person_key,
            min(canon.plausible_date(event.event_date)) FILTER (WHERE ((event.payload_json ->> 'origin_tag'::text) = 'cabinet'::text)) AS cabinet_date,
            min(canon.plausible_date(event.event_date)) FILTER (WHERE ((event.payload_json ->> 'origin_tag'::text) = 'fleet_migration'::text)) AS migration_date,
            (count(event.scout_id) FILTER (WHERE ((event.payload_json ->> 'origin_tag'::text) = 'cabinet'::text)) > 0) AS is_cabinet_claimed,
            (count(event.scout_id) FILTER (WHERE ((event.payload_json ->> 'origin_tag'::text) = 'fleet_migration'::text)) > 0) AS is_migration_claimed,
            min(event.scout_id) AS first_scout_id,
            max(event.scout_id) AS last_scout_id
           FROM observational.lead_events event
          WHERE (event.person_key IS NOT NULL)
          GROUP BY event.person_key
        ), versions AS (
         SELECT people.person_key,
            lead.origin_tag,
            lead.lead_date,
            ((lead.origin_tag =
                CASE
                    WHEN (people.is_cabinet_claimed = people.is_migration_claimed) THEN
                    CASE
                        WHEN (people.migration_date < people.cabinet_date) THEN 'fleet_migration'::text
                        ELSE 'cabinet'::text
                    END
                    WHEN people.is_cabinet_claimed THEN 'cabinet'::text
                    ELSE 'fleet_migration'::text
                END) OR (people.cabinet_date IS NULL) OR (people.migration_date IS NULL)) AS is_deciding_origin,
            people.first_scout_id,
            people.last_scout_id,
            link.source_pk AS driver_id,
            (quarantine.driver_id IS NOT NULL) AS is_quarantined,
            daily.trip_date,
            daily.trips,
            daily.work_seconds,
            row_number() OVER (PARTITION BY people.person_key, lead.origin_tag, daily.trip_date, link.source_pk, daily.part ORDER BY daily.loaded_at DESC NULLS LAST, daily.row_age, daily.row_place DESC) AS version
           FROM ((((people
             JOIN canon.identity_links link ON (((link.person_key = people.person_key) AND ((link.source_table)::text = 'drivers'::text))))
             LEFT JOIN canon.driver_orphan_quarantine quarantine ON ((((quarantine.driver_id)::text = (link.source_pk)::text) AND (quarantine.status = 'quarantined'::public.orphan_status))))
             CROSS JOIN LATERAL ( VALUES ('cabinet'::text,people.cabinet_date), ('fleet_migration'::text,people.migration_date)) lead(origin_tag, lead_date))
             LEFT JOIN canon.source_daily_trips daily ON ((((daily.driver_id)::text = (link.source_pk)::text) AND (daily.trip_date >= lead.lead_date) AND (quarantine.driver_id IS NULL))))
          WHERE (lead.lead_date IS NOT NULL)
        ), days AS (
         SELECT newest.person_key,
            newest.origin_tag,
            newest.lead_date,
            newest.is_deciding_origin,
            newest.first_scout_id,
            newest.last_scout_id,
            newest.driver_id,
            newest.is_quarantined,
            newest.trip_date,
            newest.trips,
            newest.work_seconds,
            newest.version,
            sum(newest.trips) OVER (PARTITION BY newest.person_key, newest.origin_tag ORDER BY newest.trip_date) AS total_trips,
            min(newest.trip_date) FILTER (WHERE (newest.trips > 0)) OVER (PARTITION BY newest.person_key, newest.origin_tag) AS first_trip_date
           FROM versions newest
          WHERE (newest.version = 1)
        ), progress AS (
         SELECT days.person_key,
            days.origin_tag,
            min(days.lead_date) AS lead_date,
            bool_and(days.is_deciding_origin) AS is_deciding_origin,
            min(days.first_scout_id) AS first_scout_id,
            min(days.last_scout_id) AS last_scout_id,
            (COALESCE(min((days.driver_id)::text) FILTER (WHERE ((days.trip_date = days.first_trip_date) AND (days.trips > 0))), min((days.driver_id)::text) FILTER (WHERE (NOT days.is_quarantined)), min((days.driver_id)::text)))::character varying AS driver_id,
            bool_and(days.is_quarantined) AS is_quarantined,
            min(days.trip_date) FILTER (WHERE (days.work_seconds > 0)) AS first_connection_date,
            min(days.first_trip_date) AS first_trip_date,
            min(days.trip_date) FILTER (WHERE (days.total_trips >= 1)) AS trip_1_date,
            min(days.trip_date) FILTER (WHERE (days.total_trips >= 5)) AS trip_5_date,
            min(days.trip_date) FILTER (WHERE (days.total_trips >= 25)) AS trip_25_date,
            COALESCE(sum(days.trips) FILTER (WHERE (days.trip_date < (days.lead_date + 7))), (0)::bigint) AS trips_7d,
            COALESCE(sum(days.trips) FILTER (WHERE (days.trip_date < (days.lead_date + 14))), (0)::bigint) AS trips_14d,
            COALESCE(sum(days.trips) FILTER (WHERE (days.trip_date < (days.lead_date + 30))), (0)::bigint) AS trips_30d
           FROM days
          GROUP BY days.person_key, days.origin_tag
        )
 SELECT progress.person_key,
    progress.origin_tag,
    progress.lead_date,
        CASE
            WHEN (ledger.decision_status = 'conflict'::public.decisionstatus) THEN NULL::integer
            WHEN (((ledger.attribution_rule)::text = 'MANUAL'::text) OR (ledger.attributed_scout_id IS NOT NULL)) THEN ledger.attributed_scout_id
            WHEN (progress.first_scout_id = progress.last_scout_id) THEN progress.first_scout_id
            ELSE NULL::integer
        END AS scout_id,
    progress.driver_id,
    canon.read_drivers_hire_date(progress.driver_id) AS hire_date,
    progress.first_connection_date,
    progress.first_trip_date,
    progress.trip_1_date,
    progress.trip_5_date,
    progress.trip_25_date,
    (progress.first_connection_date - progress.lead_date) AS time_to_connection_days,
    (progress.trip_1_date - progress.lead_date) AS time_to_1_days,
    (progress.trip_5_date - progress.lead_date) AS time_to_5_days,
    (progress.trip_25_date - progress.lead_date) AS time_to_25_days,
    progress.trips_7d,
    progress.trips_14d,
    progress.trips_30d,
    progress.is_quarantined,
    progress.is_deciding_origin
   FROM (progress
     LEFT JOIN observational.lead_ledger ledger USING (person_key));

CREATE TABLE ops.partner_payment_rules (
    id integer NOT NULL,
    origin_tag character varying(50) NOT NULL,
    window_days integer NOT NULL,
    milestone_trips integer NOT NULL,
    amount numeric(12,2) NOT NULL,
    currency character varying(3) DEFAULT ops.default_currency() NOT NULL,
    valid_from date NOT NULL,
    valid_to date,
    is_active boolean DEFAULT true NOT NULL,
    notes text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT partner_payment_rules_amount_check CHECK ((amount >= (0)::numeric)),
    CONSTRAINT partner_payment_rules_check CHECK (((valid_to IS NULL) OR (valid_to >= valid_from))),
    CONSTRAINT partner_payment_rules_currency_check CHECK (((currency)::text = ANY ((ARRAY['PEN'::character varying, 'COP'::character varying, 'USD'::character varying])::text[]))),
    CONSTRAINT partner_payment_rules_milestone_trips_check CHECK ((milestone_trips > 0)),
    CONSTRAINT partner_payment_rules_origin_tag_check CHECK (((origin_tag)::text = ANY ((ARRAY['cabinet'::character varying, 'fleet_migration'::character varying])::text[]))),
    CONSTRAINT partner_payment_rules_window_days_check CHECK ((window_days > 0))
);

CREATE TABLE ops.scout_payment_rules (
    id integer NOT NULL,
    origin_tag character varying(50) NOT NULL,
    window_days integer NOT NULL,
    milestone_trips integer NOT NULL,
    amount numeric(12,2) NOT NULL,
    currency character varying(3) DEFAULT ops.default_currency() NOT NULL,
    valid_from date NOT NULL,
    valid_to date,
    is_active boolean DEFAULT true NOT NULL,
    notes text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT scout_payment_rules_amount_check CHECK ((amount >= (0)::numeric)),
    CONSTRAINT scout_payment_rules_check CHECK (((valid_to IS NULL) OR (valid_to >= valid_from))),
    CONSTRAINT scout_payment_rules_currency_check CHECK (((currency)::text = ANY ((ARRAY['PEN'::character varying, 'COP'::character varying, 'USD'::character varying])::text[]))),
    CONSTRAINT scout_payment_rules_milestone_trips_check CHECK ((milestone_trips > 0)),
    CONSTRAINT scout_payment_rules_origin_tag_check CHECK (((origin_tag)::text = ANY ((ARRAY['cabinet'::character varying, 'fleet_migration'::character varying])::text[]))),
    CONSTRAINT scout_payment_rules_window_days_check CHECK ((window_days > 0))
);

CREATE VIEW ops.v_payment_rules AS
 SELECT 'scout'::text AS rule_scope,
    scout_rule.id AS rule_id,
    (scout_rule.origin_tag)::text AS origin_tag,
    scout_rule.milestone_trips,
    scout_rule.window_days,
    scout_rule.currency,
    scout_rule.amount,
    scout_rule.valid_from,
    scout_rule.valid_to
   FROM ops.scout_payment_rules scout_rule
  WHERE scout_rule.is_active
UNION ALL
 SELECT 'partner'::text AS rule_scope,
    partner_rule.id AS rule_id,
    (partner_rule.origin_tag)::text AS origin_tag,
    partner_rule.milestone_trips,
    partner_rule.window_days,
    partner_rule.currency,
    partner_rule.amount,
    partner_rule.valid_from,
    partner_rule.valid_to
   FROM ops.partner_payment_rules partner_rule
  WHERE partner_rule.is_active;

CREATE VIEW canon.payment_rules_in_force AS
 SELECT rule_scope,
    rule_id,
    origin_tag,
    milestone_trips,
    window_days,
    currency,
    amount,
    valid_from,
    valid_to,
    (datemultirange(daterange(valid_from, valid_to, '[]'::text)) - COALESCE(( SELECT range_agg(daterange(newer.valid_from, newer.valid_to, '[]'::text)) AS range_agg
           FROM ops.v_payment_rules newer
          WHERE ((newer.rule_scope = rule.rule_scope) AND (newer.origin_tag = rule.origin_tag) AND (newer.milestone_trips = rule.milestone_trips) AND ((newer.currency)::text = (rule.currency)::text) AND (ROW(newer.valid_from, newer.rule_id) > ROW(rule.valid_from, rule.rule_id)))), '{}'::datemultirange)) AS in_force
   FROM ops.v_payment_rules rule;

CREATE VIEW canon.person_daily_trips AS
 SELECT link.person_key,
    link.source_pk AS driver_id,
    daily.trip_date,
    daily.trips,
    daily.work_seconds
   FROM (canon.identity_links link
     CROSS JOIN LATERAL ( SELECT loaded.trip_date,
            loaded.trips,
            loaded.work_seconds,
            row_number() OVER (PARTITION BY loaded.trip_date, loaded.part ORDER BY loaded.loaded_at DESC NULLS LAST, loaded.row_age, loaded.row_place DESC) AS version
           FROM canon.source_daily_trips loaded
          WHERE (((loaded.driver_id)::text = (link.source_pk)::text) AND (loaded.trip_date IS NOT NULL))
         OFFSET 0) daily)
  WHERE (((link.source_table)::text = 'drivers'::text) AND (daily.version = 1) AND (NOT (EXISTS ( SELECT 1
           FROM canon.driver_orphan_quarantine quarantine
          WHERE (((quarantine.driver_id)::text = (link.source_pk)::text) AND (quarantine.status = 'quarantined'::public.orphan_status))))));

CREATE VIEW canon.lead_milestones AS
 WITH rules AS MATERIALIZED (
         SELECT rule.rule_scope,
            rule.rule_id,
            rule.origin_tag,
            rule.milestone_trips,
            rule.window_days,
            rule.currency,
            rule.amount,
            rule.valid_from,
            rule.valid_to,
            rule.in_force
           FROM canon.payment_rules_in_force rule
        ), measured AS (
         SELECT lead.person_key,
            lead.origin_tag,
            lead.scout_id,
            lead.driver_id,
            lead.lead_date,
            lead.is_deciding_origin,
            rule.rule_scope,
            rule.rule_id,
            rule.milestone_trips,
            rule.window_days,
            rule.currency,
            rule.amount,
            rule.valid_from,
            rule.valid_to,
            progress.reached_on,
            progress.trips_in_window
           FROM ((canon.lead_conversions lead
             CROSS JOIN LATERAL ( SELECT rules.rule_scope,
                    rules.rule_id,
                    rules.origin_tag,
                    rules.milestone_trips,
                    rules.window_days,
                    rules.currency,
                    rules.amount,
                    rules.valid_from,
                    rules.valid_to,
                    rules.in_force
                   FROM rules
                  WHERE ((rules.origin_tag = lead.origin_tag) AND (rules.in_force @> lead.lead_date))
                 OFFSET 0) rule)
             CROSS JOIN LATERAL ( SELECT
                        CASE rule.milestone_trips
                            WHEN 1 THEN lead.trip_1_date
                            WHEN 5 THEN lead.trip_5_date
                            WHEN 25 THEN lead.trip_25_date
                            ELSE ( SELECT min(day.trip_date) AS min
                               FROM ( SELECT daily.trip_date,
                                        sum(daily.trips) OVER (ORDER BY daily.trip_date) AS total_trips
                                       FROM canon.person_daily_trips daily
                                      WHERE ((daily.person_key = lead.person_key) AND (daily.trip_date >= lead.lead_date))) day
                              WHERE (day.total_trips >= rule.milestone_trips))
                        END AS reached_on,
                        CASE rule.window_days
                            WHEN 7 THEN lead.trips_7d
                            WHEN 14 THEN lead.trips_14d
                            WHEN 30 THEN lead.trips_30d
                            ELSE ( SELECT COALESCE(sum(daily.trips), (0)::bigint) AS "coalesce"
                               FROM canon.person_daily_trips daily
                              WHERE ((daily.person_key = lead.person_key) AND (daily.trip_date >= lead.lead_date) AND (daily.trip_date < (lead.lead_date + rule.window_days))))
                        END AS trips_in_window
                   FROM ( VALUES (lead.person_key)) one(person_key)
                 OFFSET 0) progress)
          WHERE (NOT lead.is_quarantined)
        ), final AS (
         SELECT measured.person_key,
            measured.origin_tag,
            measured.scout_id,
            measured.driver_id,
            measured.lead_date,
            measured.is_deciding_origin,
            measured.rule_scope,
            measured.rule_id,
            measured.milestone_trips,
            measured.window_days,
            measured.currency,
            measured.amount,
            measured.valid_from,
            measured.valid_to,
            measured.reached_on,
            measured.trips_in_window,
                CASE
                    WHEN (measured.reached_on < (measured.lead_date + measured.window_days)) THEN measured.reached_on
                    ELSE NULL::date
                END AS achieved_date
           FROM measured
        )
 SELECT person_key,
    origin_tag,
    scout_id,
    driver_id,
    lead_date,
    rule_id,
    rule_scope,
    milestone_trips,
    window_days,
    currency,
    amount,
    valid_from AS rule_valid_from,
    valid_to AS rule_valid_to,
    (achieved_date IS NOT NULL) AS milestone_achieved,
    achieved_date,
    trips_in_window AS achieved_trips_in_window,
    ((achieved_date IS NOT NULL) AND ((rule_scope = 'partner'::text) OR ((scout_id IS NOT NULL) AND is_deciding_origin))) AS is_payable,
    (achieved_date +
        CASE
            WHEN (rule_scope = 'partner'::text) THEN 14
            WHEN (origin_tag = 'cabinet'::text) THEN 7
            ELSE 30
        END) AS payable_date,
    format('%s_%sd_%strips'::text,
        CASE
            WHEN (rule_scope = 'partner'::text) THEN 'yango'::text
            WHEN (origin_tag = 'cabinet'::text) THEN 'cabinet'::text
            ELSE 'migration'::text
        END, window_days, milestone_trips) AS payment_scheme,
    is_deciding_origin
   FROM final;

CREATE VIEW canon.scout_earnings AS
 SELECT person_key,
    origin_tag,
    min((driver_id)::text) AS driver_id,
    min(lead_date) AS lead_date,
    max(milestone_trips) FILTER (WHERE milestone_achieved) AS milestone_reached,
    max(achieved_date) AS milestone_date,
    bool_or((achieved_date < (lead_date + 7))) AS eligible_7d,
    sum(amount) FILTER (WHERE milestone_achieved) AS amount,
    max(payable_date) AS payable_date,
    (currency)::text AS currency
   FROM canon.lead_milestones milestone
  WHERE ((rule_scope = 'scout'::text) AND is_deciding_origin)
  GROUP BY person_key, origin_tag, currency;

CREATE VIEW canon.unpriced_conflict_cases AS
 SELECT 'CONFLICT'::text AS case_kind,
    (conflict.person_key)::text AS case_key,
    conflict.person_key,
    NULL::text AS source_table,
    NULL::text AS source_pk,
    NULL::text AS payment_key,
    COALESCE((ledger.evidence_json ->> 'conflict_reason'::text), 'SEVERAL_SCOUTS'::text) AS reason_code,
    conflict.since,
    NULL::double precision AS probability,
    ARRAY( SELECT DISTINCT claim.scout_id
           FROM unnest(conflict.claimants) claim(scout_id)
          WHERE (claim.scout_id IS NOT NULL)
          ORDER BY claim.scout_id) AS scout_ids,
    ( SELECT min((driver.park_id)::text) AS min
           FROM (canon.identity_links link
             JOIN canon.drivers_index driver ON (((driver.driver_id)::text = (link.source_pk)::text)))
          WHERE ((link.person_key = conflict.person_key) AND ((link.source_table)::text = 'drivers'::text))) AS park_id
   FROM (canon.conflicts conflict
     JOIN observational.lead_ledger ledger ON ((ledger.person_key = conflict.person_key)));

CREATE VIEW canon.derived_conflict_cases AS
 SELECT conflict.case_kind,
    conflict.case_key,
    conflict.person_key,
    conflict.source_table,
    conflict.source_pk,
    conflict.payment_key,
    conflict.reason_code,
    conflict.since,
    conflict.probability,
    (earned.amount)::numeric(12,2) AS amount,
    earned.currency,
    conflict.scout_ids,
    conflict.park_id
   FROM (canon.unpriced_conflict_cases conflict
     LEFT JOIN LATERAL ( SELECT earning.amount,
            earning.currency
           FROM canon.scout_earnings earning
          WHERE ((earning.person_key = conflict.person_key) AND (earning.amount IS NOT NULL))
          ORDER BY earning.amount DESC, earning.currency
         LIMIT 1) earned ON (true));

CREATE TABLE canon.identity_contested (
    source_table character varying NOT NULL,
    source_pk character varying NOT NULL,
    reason_code text NOT NULL,
    candidates jsonb NOT NULL,
    matched_driver_id character varying,
    since timestamp with time zone NOT NULL,
    run_id integer NOT NULL
);

CREATE TABLE canon.records_index (
    source_table character varying NOT NULL,
    source_pk character varying NOT NULL,
    source_row_id bigint NOT NULL,
    row_version xid NOT NULL,
    event_date date,
    recorded_at timestamp with time zone,
    name_norm text,
    phone_norm text,
    license_norm text,
    plate_norm text,
    car_fingerprint text,
    driver_id character varying,
    scout_id integer,
    origin_tag text NOT NULL,
    payload jsonb NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    run_id integer NOT NULL,
    gone_since timestamp with time zone,
    digest uuid,
    withdrawn_scout_ids integer[],
    license_number text
);

CREATE TABLE canon.scout_payments (
    person_key uuid NOT NULL,
    driver_id text,
    scout_id integer,
    origin_tag text,
    source_table text,
    source_pk text,
    attribution_date date,
    milestone_reached integer NOT NULL,
    milestone_date date,
    eligible_7d boolean NOT NULL,
    amount_payable numeric(10,2) NOT NULL,
    payment_status text NOT NULL,
    block_reason text,
    lead_date date,
    payable_date date,
    currency text,
    quarantined_driver_ids text[]
);

CREATE VIEW canon.derived_contested_cases AS
 SELECT
        CASE
            WHEN (contested.reason_code = 'REPLACED_RECORD'::text) THEN 'REPLACED'::text
            ELSE 'CONTESTED'::text
        END AS case_kind,
    (((contested.source_table)::text || '|'::text) || (contested.source_pk)::text) AS case_key,
    link.person_key,
    (contested.source_table)::text AS source_table,
    (contested.source_pk)::text AS source_pk,
    NULL::text AS payment_key,
    contested.reason_code,
    contested.since,
    (((contested.candidates -> 0) ->> 'probability'::text))::double precision AS probability,
    (payable.amount_payable)::numeric(12,2) AS amount,
    payable.currency,
        CASE
            WHEN (record.scout_id IS NOT NULL) THEN ARRAY[record.scout_id]
            ELSE '{}'::integer[]
        END AS scout_ids,
    ((contested.candidates -> 0) ->> 'park_id'::text) AS park_id
   FROM (((canon.identity_contested contested
     LEFT JOIN canon.identity_links link USING (source_table, source_pk))
     LEFT JOIN canon.records_index record USING (source_table, source_pk))
     LEFT JOIN LATERAL ( SELECT payment.amount_payable,
            payment.currency
           FROM canon.scout_payments payment
          WHERE ((payment.person_key = link.person_key) AND (payment.currency IS NOT NULL))
          ORDER BY payment.amount_payable DESC, payment.currency
         LIMIT 1) payable ON (true))
  WHERE ((contested.source_table)::text <> 'drivers'::text);

CREATE TABLE canon.identity_unmatched (
    id integer NOT NULL,
    source_table character varying NOT NULL,
    source_pk character varying NOT NULL,
    snapshot_date timestamp with time zone NOT NULL,
    reason_code character varying NOT NULL,
    details jsonb,
    candidates_preview jsonb,
    status public.unmatchedstatus DEFAULT 'OPEN'::public.unmatchedstatus NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    resolved_at timestamp with time zone,
    run_id integer,
    event_date date,
    match_probability double precision
);

CREATE VIEW canon.derived_unmatched_cases AS
 SELECT 'UNMATCHED'::text AS case_kind,
    (((unmatched.source_table)::text || '|'::text) || (unmatched.source_pk)::text) AS case_key,
    NULL::uuid AS person_key,
    (unmatched.source_table)::text AS source_table,
    (unmatched.source_pk)::text AS source_pk,
    NULL::text AS payment_key,
    (unmatched.reason_code)::text AS reason_code,
    unmatched.created_at AS since,
    unmatched.match_probability AS probability,
    (possible.amount)::numeric(12,2) AS amount,
    possible.currency,
        CASE
            WHEN (record.scout_id IS NOT NULL) THEN ARRAY[record.scout_id]
            ELSE '{}'::integer[]
        END AS scout_ids,
    ((unmatched.candidates_preview -> 0) ->> 'park_id'::text) AS park_id
   FROM ((canon.identity_unmatched unmatched
     LEFT JOIN canon.records_index record USING (source_table, source_pk))
     LEFT JOIN LATERAL ( SELECT sum(rule.amount) AS amount,
            (rule.currency)::text AS currency
           FROM canon.payment_rules_in_force rule
          WHERE ((record.scout_id IS NOT NULL) AND (rule.rule_scope = 'scout'::text) AND (rule.origin_tag = record.origin_tag) AND (rule.in_force @> record.event_date))
          GROUP BY rule.currency
          ORDER BY (sum(rule.amount)) DESC, rule.currency
         LIMIT 1) possible ON (true))
  WHERE (unmatched.status = 'OPEN'::public.unmatchedstatus);

CREATE VIEW canon.derived_record_cases AS
 SELECT unmatched.case_kind,
    unmatched.case_key,
    unmatched.person_key,
    unmatched.source_table,
    unmatched.source_pk,
    unmatched.payment_key,
    unmatched.reason_code,
    unmatched.since,
    unmatched.probability,
    unmatched.amount,
    unmatched.currency,
    unmatched.scout_ids,
    unmatched.park_id
   FROM canon.derived_unmatched_cases unmatched
UNION ALL
 SELECT contested.case_kind,
    contested.case_key,
    contested.person_key,
    contested.source_table,
    contested.source_pk,
    contested.payment_key,
    contested.reason_code,
    contested.since,
    contested.probability,
    contested.amount,
    contested.currency,
    contested.scout_ids,
    contested.park_id
   FROM canon.derived_contested_cases contested;

CREATE TABLE canon.payments_without_claim (
    payment_key text NOT NULL,
    payment_id integer,
    pay_date date,
    driver_id text,
    person_key uuid,
    driver_name text,
    milestone_value integer NOT NULL,
    lead_date date,
    expected_amount numeric(12,2),
    currency text,
    since timestamp with time zone NOT NULL,
    run_id integer,
    reason_code text NOT NULL,
    is_paid boolean NOT NULL
);

CREATE TABLE ops.human_decisions (
    id bigint NOT NULL,
    kind text NOT NULL,
    person_key uuid,
    source_table text,
    source_pk text,
    reverted_run_id integer,
    before jsonb,
    after jsonb,
    reason text NOT NULL,
    decided_by text NOT NULL,
    decided_at timestamp with time zone NOT NULL,
    dag_run_id text,
    written_by text DEFAULT SESSION_USER,
    written_at timestamp with time zone DEFAULT clock_timestamp(),
    CONSTRAINT human_decisions_decided_by_check CHECK ((decided_by ~ '\S'::text)),
    CONSTRAINT human_decisions_kind_check CHECK ((kind = ANY (ARRAY['resolve_scout_conflict'::text, 'resolve_unmatched_lead'::text, 'revert_backfill'::text, 'split_merged_person'::text, 'close_liquidation_period'::text, 'estimate_weights'::text, 'explain_payment'::text]))),
    CONSTRAINT human_decisions_reason_check CHECK ((reason ~ '\S'::text))
);

CREATE VIEW canon.payment_explanations AS
 SELECT payment.payment_key,
    (decision.after #>> '{explanation,decided_by}'::text[]) AS explained_by,
    ((decision.after #>> '{explanation,decided_at}'::text[]))::timestamp with time zone AS explained_at,
    (decision.after #>> '{explanation,reason}'::text[]) AS explanation
   FROM (canon.payments_without_claim payment
     CROSS JOIN LATERAL ( SELECT newest.after,
            newest.decided_at
           FROM ops.human_decisions newest
          WHERE ((newest.source_table = 'yango_payment_ledger'::text) AND (newest.source_pk = payment.payment_key))
          ORDER BY newest.id DESC
         LIMIT 1) decision)
  WHERE (payment.is_paid AND ((decision.after ->> 'explanation'::text) IS NOT NULL) AND (decision.decided_at >= payment.since));

CREATE VIEW canon.derived_review_cases AS
 SELECT conflict.case_kind,
    conflict.case_key,
    conflict.person_key,
    conflict.source_table,
    conflict.source_pk,
    conflict.payment_key,
    conflict.reason_code,
    conflict.since,
    conflict.probability,
    conflict.amount,
    conflict.currency,
    conflict.scout_ids,
    conflict.park_id
   FROM canon.derived_conflict_cases conflict
UNION ALL
 SELECT record.case_kind,
    record.case_key,
    record.person_key,
    record.source_table,
    record.source_pk,
    record.payment_key,
    record.reason_code,
    record.since,
    record.probability,
    record.amount,
    record.currency,
    record.scout_ids,
    record.park_id
   FROM canon.derived_record_cases record
UNION ALL
 SELECT 'UNEXPLAINED_PAYMENT'::text AS case_kind,
    payment.payment_key AS case_key,
    payment.person_key,
    NULL::text AS source_table,
    NULL::text AS source_pk,
    payment.payment_key,
    payment.reason_code,
    payment.since,
    NULL::double precision AS probability,
    payment.expected_amount AS amount,
    payment.currency,
        CASE
            WHEN (ledger.attributed_scout_id IS NOT NULL) THEN ARRAY[ledger.attributed_scout_id]
            ELSE '{}'::integer[]
        END AS scout_ids,
    (driver.park_id)::text AS park_id
   FROM ((canon.payments_without_claim payment
     LEFT JOIN observational.lead_ledger ledger ON ((ledger.person_key = payment.person_key)))
     LEFT JOIN canon.drivers_index driver ON (((driver.driver_id)::text = payment.driver_id)))
  WHERE (payment.is_paid AND (NOT (EXISTS ( SELECT 1
           FROM canon.payment_explanations explained
          WHERE (explained.payment_key = payment.payment_key)))));

CREATE TABLE canon.dirty_keys (
    kind text NOT NULL,
    value text NOT NULL,
    cause text NOT NULL,
    CONSTRAINT dirty_keys_cause_check CHECK ((cause = ANY (ARRAY['driver'::text, 'given_up'::text, 'shared'::text]))),
    CONSTRAINT dirty_keys_kind_check CHECK ((kind = ANY (ARRAY['phone'::text, 'license'::text, 'plate'::text, 'driver'::text, 'name'::text])))
);

CREATE VIEW canon.due_scout_milestones AS
 SELECT person_key,
    rule_id,
    scout_id,
    origin_tag,
    milestone_trips,
    (driver_id)::text AS driver_id,
    (currency)::text AS currency,
    amount,
    lead_date,
    achieved_date,
    payable_date
   FROM canon.lead_milestones milestone
  WHERE ((rule_scope = 'scout'::text) AND is_payable);

CREATE TABLE canon.evaluation_queue (
    source_table character varying NOT NULL,
    source_pk character varying NOT NULL
);

CREATE SEQUENCE canon.former_record_numbers
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

CREATE TABLE canon.partner_payments (
    payment_id integer NOT NULL,
    pay_date date,
    pay_time time without time zone,
    scout_id integer,
    driver_name character varying,
    is_paid_1 boolean NOT NULL,
    is_paid_5 boolean NOT NULL,
    is_paid_25 boolean NOT NULL,
    driver_id text,
    person_key uuid,
    seen_at timestamp with time zone NOT NULL
);

CREATE VIEW canon.source_cabinet_payments AS
 SELECT payment_id,
    pay_date,
    pay_time,
    scout_id,
    (driver_name)::character varying AS driver_name,
    COALESCE(is_paid_1, false) AS is_paid_1,
    COALESCE(is_paid_5, false) AS is_paid_5,
    COALESCE(is_paid_25, false) AS is_paid_25,
    NULLIF(driver_id, ''::text) AS driver_id,
    person_key
   FROM canon.read_module_ct_cabinet_payments() payment(transaction_id, payment_id, pay_date, pay_time, scout_id, driver_name, is_paid_1, is_paid_5, is_paid_25, driver_id, person_key, came_at_local, came_at);

CREATE VIEW canon.gone_partner_payments AS
 WITH gone AS MATERIALIZED (
         SELECT kept.payment_id,
            kept.pay_date,
            kept.pay_time,
            kept.scout_id,
            kept.driver_name,
            kept.is_paid_1,
            kept.is_paid_5,
            kept.is_paid_25,
            kept.driver_id,
            kept.person_key,
            kept.seen_at,
            COALESCE(canon.name_key(canon.normalise_name((kept.driver_name)::text)), ''::text) AS driver_name_normalized
           FROM (canon.partner_payments kept
             LEFT JOIN canon.source_cabinet_payments source ON ((source.payment_id = kept.payment_id)))
          WHERE (source.payment_id IS NULL)
        )
 SELECT gone.payment_id AS source_pk,
    gone.pay_date,
    gone.pay_time,
    gone.driver_name AS raw_driver_name,
    gone.driver_name_normalized,
    'trips'::text AS milestone_type,
    milestone.milestone_value,
    milestone.is_paid,
    milestone.paid_flag_source,
    gone.driver_id,
    gone.person_key,
        CASE
            WHEN (gone.driver_id IS NULL) THEN 'none'::text
            ELSE 'driver_id_direct'::text
        END AS match_rule,
        CASE
            WHEN (gone.driver_id IS NULL) THEN 'unknown'::text
            ELSE 'high'::text
        END AS match_confidence,
    md5((((gone.payment_id)::text || milestone.milestone_value) || gone.driver_name_normalized)) AS payment_key,
    md5((milestone.is_paid)::text) AS state_hash
   FROM (gone
     CROSS JOIN LATERAL ( VALUES (1,gone.is_paid_1,'trip_1'::text), (5,gone.is_paid_5,'trip_5'::text), (25,gone.is_paid_25,'trip_25'::text)) milestone(milestone_value, is_paid, paid_flag_source));

CREATE VIEW canon.human_record_decisions AS
 SELECT link.source_table,
    link.source_pk,
    link.person_key,
    link.matched_driver_id
   FROM canon.identity_links link
  WHERE (((link.match_rule)::text = 'MANUAL'::text) AND ((link.source_table)::text <> 'drivers'::text))
UNION ALL
 SELECT unmatched.source_table,
    unmatched.source_pk,
    NULL::uuid AS person_key,
    NULL::character varying AS matched_driver_id
   FROM canon.identity_unmatched unmatched
  WHERE ((unmatched.status = 'IGNORED'::public.unmatchedstatus) AND (( SELECT decision.kind
           FROM ops.human_decisions decision
          WHERE ((decision.source_table = (unmatched.source_table)::text) AND (decision.source_pk = (unmatched.source_pk)::text))
          ORDER BY decision.id DESC
         LIMIT 1) = 'resolve_unmatched_lead'::text));

CREATE TABLE canon.identity_aliases (
    person_key uuid NOT NULL,
    survivor_key uuid NOT NULL,
    reason text NOT NULL,
    run_id integer,
    merged_at timestamp with time zone NOT NULL,
    moved jsonb NOT NULL,
    CONSTRAINT identity_aliases_check CHECK ((person_key <> survivor_key))
);

CREATE SEQUENCE canon.identity_links_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE canon.identity_links_id_seq OWNED BY canon.identity_links.id;

CREATE TABLE canon.identity_origin (
    person_key uuid NOT NULL,
    origin_tag public.origin_tag NOT NULL,
    origin_source_id character varying NOT NULL,
    origin_confidence numeric(5,2) NOT NULL,
    origin_created_at timestamp with time zone NOT NULL,
    ruleset_version character varying DEFAULT 'origin_rules_v1'::character varying NOT NULL,
    evidence jsonb,
    decided_by public.decided_by_type DEFAULT 'system'::public.decided_by_type NOT NULL,
    decided_at timestamp with time zone DEFAULT now() NOT NULL,
    resolution_status public.origin_resolution_status DEFAULT 'pending_review'::public.origin_resolution_status NOT NULL,
    notes text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL
);

CREATE TABLE canon.identity_origin_history (
    id integer NOT NULL,
    person_key uuid NOT NULL,
    origin_tag_old character varying,
    origin_tag_new character varying,
    origin_source_id_old character varying,
    origin_source_id_new character varying,
    origin_confidence_old numeric(5,2),
    origin_confidence_new numeric(5,2),
    resolution_status_old character varying,
    resolution_status_new character varying,
    ruleset_version_old character varying,
    ruleset_version_new character varying,
    changed_by character varying NOT NULL,
    change_reason text,
    changed_at timestamp with time zone DEFAULT now() NOT NULL
);

CREATE SEQUENCE canon.identity_origin_history_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE canon.identity_origin_history_id_seq OWNED BY canon.identity_origin_history.id;

CREATE TABLE canon.identity_registry (
    person_key uuid NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    confidence_level public.confidencelevel NOT NULL,
    primary_phone character varying,
    primary_document character varying,
    primary_license character varying,
    primary_full_name character varying,
    flags jsonb
);

CREATE TABLE canon.identity_rekeys (
    id bigint NOT NULL,
    source_table character varying NOT NULL,
    old_source_pk character varying NOT NULL,
    new_source_pk character varying NOT NULL,
    object text NOT NULL,
    outcome text NOT NULL,
    old_row jsonb NOT NULL,
    rekeyed_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT identity_rekeys_object_check CHECK ((object = ANY (ARRAY['identity_links'::text, 'identity_unmatched'::text, 'lead_events'::text]))),
    CONSTRAINT identity_rekeys_outcome_check CHECK ((outcome = ANY (ARRAY['REKEYED'::text, 'SUPERSEDED'::text])))
);

ALTER TABLE canon.identity_rekeys ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME canon.identity_rekeys_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE SEQUENCE canon.identity_unmatched_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE canon.identity_unmatched_id_seq OWNED BY canon.identity_unmatched.id;

CREATE VIEW canon.labels AS
 SELECT column1 AS code_group,
    column2 AS code,
    column3 AS label_es,
    column4 AS label_en
   FROM (VALUES ('audit_action'::text,'CREATED'::text,'creado'::text,'created'::text), ('audit_action'::text,'UPDATED'::text,'cambiado'::text,'changed'::text), ('audit_action'::text,'SKIPPED'::text,'sin cambio'::text,'left as it was'::text), ('audit_action'::text,'AMBIGUOUS'::text,'ambiguo, no se tocó'::text,'ambiguous, not touched'::text), ('audit_action'::text,'ERROR'::text,'error'::text,'error'::text), ('audit_action'::text,'NO_MAPPING'::text,'sin correspondencia 1:1'::text,'no 1:1 mapping'::text), ('audit_action'::text,'REVERTED'::text,'revertido'::text,'reverted'::text), ('audit_action'::text,'REKEYED'::text,'otra clave'::text,'other key'::text), ('audit_action'::text,'REMOVED'::text,'retirado'::text,'removed'::text), ('audit_method'::text,'SINGLE_SCOUT_FROM_EVENTS'::text,'un solo scout en sus eventos'::text,'one scout in its events'::text), ('audit_method'::text,'BACKFILL_SINGLE_SCOUT_FROM_EVENTS'::text,'completado: un solo scout en sus eventos'::text,'filled in: one scout in its events'::text), ('audit_method'::text,'ONE_LEAD_ONE_SCOUTING_ROW'::text,'un solo lead y un solo registro de scouting de la misma persona'::text,'one lead and one scouting row of the same person'::text), ('audit_method'::text,'CONFLICT_SEVERAL_SCOUTS'::text,'varios scouts: conflicto'::text,'several scouts: conflict'::text), ('audit_method'::text,'CONFLICT_AFTER_PAYMENT'::text,'la fuente retiró un scout ya pagado: conflicto'::text,'the source took back a scout who was paid: conflict'::text), ('audit_method'::text,'SOURCE_ADDED'::text,'la fuente agregó el scout'::text,'the source added the scout'::text), ('audit_method'::text,'SOURCE_CORRECTED'::text,'la fuente corrigió el scout'::text,'the source corrected the scout'::text), ('audit_method'::text,'SOURCE_WITHDRAWN'::text,'la fuente retiró el scout'::text,'the source withdrew the scout'::text), ('audit_method'::text,'EVENTS_MOVED'::text,'los registros que nombraban al scout son ahora de otra persona'::text,'the records that named the scout are of another person now'::text), ('audit_method'::text,'CONFLICT_ENDED'::text,'el conflicto terminó'::text,'the conflict ended'::text), ('audit_method'::text,'MANUAL_DECISION'::text,'decisión de una persona'::text,'decision of a human'::text), ('audit_method'::text,'PERSON_REMOVED'::text,'la persona ya no existe'::text,'the person is gone'::text), ('audit_method'::text,'REVERTED'::text,'se deshizo una corrida'::text,'a run was undone'::text), ('audit_method'::text,'SAME_CONTENT'::text,'el mismo contenido con otra clave'::text,'the same content under another key'::text), ('audit_method'::text,'SPLIT'::text,'se separaron dos personas unidas'::text,'two merged persons were split'::text), ('audit_method'::text,'DECISION_UNDONE'::text,'se deshizo una decisión'::text,'a decision was undone'::text), ('block'::text,'CONFLICT'::text,'Varios scouts la reclaman'::text,'Several scouts claim them'::text), ('block'::text,'NO_SCOUT'::text,'Nadie la trajo'::text,'Nobody brought them'::text), ('block'::text,'NO_IDENTITY'::text,'Sin cuenta de conductor'::text,'No driver account'::text), ('block'::text,'QUARANTINED'::text,'Cuentas en cuarentena'::text,'Accounts in quarantine'::text), ('block'::text,'NO_RULE'::text,'Ninguna regla paga este lead'::text,'No rule pays this lead'::text), ('category'::text,'A'::text,'Eventos sin scout'::text,'Events without a scout'::text), ('category'::text,'C'::text,'Sin eventos (legado)'::text,'No events (legacy)'::text), ('category'::text,'D'::text,'Scout solo en eventos'::text,'Scout in events only'::text), ('category.explanation'::text,'A'::text,'Tiene eventos, pero ninguno trae un scout. Suele ser un lead de cabinet que nadie reclamó.'::text,'Has events, and none of them names a scout: mostly cabinet leads that nobody claimed.'::text), ('category.explanation'::text,'C'::text,'Está vinculada, pero no tiene eventos con fecha: viene de antes de este sistema.'::text,'Is linked, but has no dated events: it comes from before this system.'::text), ('category.explanation'::text,'D'::text,'Un evento trae scout y el libro no: hay un conflicto, o una persona lo decidió o lo repuso así, y ninguna corrida lo cambia. Solo lo recién llegado se anota en la próxima corrida.'::text,'An event names a scout and the ledger does not: there is a conflict, or a human decided so or put it back, and no run changes that. Only what has just come is written by the next run.'::text), ('cause'::text,'identity_run'::text,'ingesta de identidad'::text,'identity ingestion'::text), ('cause'::text,'scout_attribution_refresh'::text,'atribución de scouts'::text,'scout attribution'::text), ('cause'::text,'attribution_quality'::text,'calidad de la atribución de scouts'::text,'quality of scout attribution'::text), ('cause'::text,'payments'::text,'pagos sin cobro'::text,'payments without a claim'::text), ('cause'::text,'sources'::text,'fuentes de datos'::text,'data sources'::text), ('cause'::text,'invariants'::text,'integridad de los datos'::text,'integrity of the data'::text), ('cause'::text,'airflow'::text,'Airflow estuvo detenido'::text,'Airflow was not running'::text), ('cause'::text,'health'::text,'vigilancia de Control Tower'::text,'Control Tower''s own monitoring'::text), ('cause'::text,'database'::text,'base de datos'::text,'database'::text), ('cause'::text,'channel.mail'::text,'envío de alertas por correo'::text,'alerts by mail'::text), ('cause'::text,'channel.slack'::text,'envío de alertas por Slack'::text,'alerts by Slack'::text), ('cause'::text,'channel.notify'::text,'envío de alertas por el canal adicional'::text,'alerts by the channel of control_tower_notify'::text), ('claim_change'::text,'NEW_CLAIM'::text,'cobro nuevo'::text,'new claim'::text), ('claim_change'::text,'EARLIER_LEAD_DATE'::text,'un lead con fecha más antigua movió sus 14 días'::text,'a lead with an older date moved its 14 days'::text), ('claim_change'::text,'LATER_LEAD_DATE'::text,'su lead tiene ahora una fecha posterior'::text,'its lead has a later date now'::text), ('claim_change'::text,'ACCOUNT_CHANGED'::text,'otra cuenta de la persona manejó primero'::text,'another account of the person drove first'::text), ('claim_change'::text,'CURRENCY_CHANGED'::text,'la regla tiene otra moneda'::text,'the rule has another currency'::text), ('claim_change'::text,'AMOUNT_CHANGED'::text,'la regla tiene otro monto'::text,'the rule has another amount'::text), ('claim_change'::text,'LINK_LOST'::text,'su cuenta ya no pertenece a ninguna persona'::text,'its account belongs to no person any more'::text), ('claim_change'::text,'LINK_MOVED'::text,'su cuenta pertenece ahora a otra persona'::text,'its account belongs to another person now'::text), ('claim_change'::text,'SOURCE_ROW_GONE'::text,'la persona ya no tiene un lead de cabinet con fecha'::text,'the person has no dated cabinet lead any more'::text), ('claim_change'::text,'ACCOUNT_QUARANTINED'::text,'su cuenta está en cuarentena'::text,'its account is in quarantine'::text), ('claim_change'::text,'RULE_GONE'::text,'ninguna regla paga ese hito en esa fecha'::text,'no rule pays that milestone on that date'::text), ('claim_change'::text,'TRIPS_CHANGED'::text,'sus viajes ya no alcanzan el hito'::text,'its trips do not reach the milestone any more'::text), ('claim_change'::text,'PAYMENT_AMBIGUOUS'::text,'el nombre del pago corresponde ahora a varias personas'::text,'the name of the payment fits several persons now'::text), ('claim_change'::text,'PAYMENT_NAMES_NOBODY'::text,'el pago ya no nombra a nadie'::text,'the payment names nobody any more'::text), ('claim_change'::text,'UNKNOWN'::text,'se desconoce'::text,'unknown'::text), ('claim_reason'::text,'paid'::text,'pagado'::text,'paid'::text), ('claim_reason'::text,'missing_driver_id'::text,'falta la cuenta de conductor'::text,'driver_id is missing'::text), ('claim_reason'::text,'missing_milestone'::text,'falta el hito'::text,'milestone is missing'::text), ('claim_reason'::text,'payment_found_other_milestone'::text,'hay un pago de otro hito'::text,'there is a payment of another milestone'::text), ('claim_reason'::text,'payment_found_person_key_only'::text,'hay un pago de la misma persona'::text,'there is a payment of the same person'::text), ('claim_reason'::text,'no_payment_found'::text,'no se encontró pago'::text,'no payment found'::text), ('confidence'::text,'HIGH'::text,'confianza alta'::text,'high confidence'::text), ('confidence'::text,'MEDIUM'::text,'confianza media'::text,'medium confidence'::text), ('confidence'::text,'LOW'::text,'confianza baja'::text,'low confidence'::text), ('confidence'::text,'high'::text,'confianza alta'::text,'high confidence'::text), ('confidence'::text,'medium'::text,'confianza media'::text,'medium confidence'::text), ('confidence'::text,'low'::text,'confianza baja'::text,'low confidence'::text), ('conflict_reason'::text,'SEVERAL_SCOUTS'::text,'varios scouts reclaman a la persona'::text,'several scouts claim the person'::text), ('conflict_reason'::text,'SCOUT_CORRECTED_AFTER_PAYMENT'::text,'la fuente corrigió el scout después del pago'::text,'the source corrected the scout after payment'::text), ('conflict_reason'::text,'SCOUT_WITHDRAWN_AFTER_PAYMENT'::text,'la fuente retiró el scout después del pago'::text,'the source withdrew the scout after payment'::text), ('conflict_reason'::text,'SCOUT_CORRECTED_AFTER_DECISION'::text,'la fuente corrigió el scout después de que alguien decidió'::text,'the source corrected the scout after a human decided'::text), ('correction'::text,'LATE'::text,'se supo tarde; no estaba en ninguna liquidación anterior'::text,'known late; it was in no earlier statement'::text), ('correction'::text,'AMOUNT_CHANGED'::text,'el monto cambió'::text,'the amount changed'::text), ('correction'::text,'SCOUT_CHANGED'::text,'cambió el scout que trajo a la persona'::text,'the person was brought by another scout'::text), ('correction'::text,'NO_LONGER_DUE'::text,'ya no corresponde pagarlo'::text,'it is no longer due'::text), ('correction'::text,'DUE_AGAIN'::text,'vuelve a corresponder; se había descontado'::text,'it is due again after it had been taken back'::text), ('decision'::text,'assigned'::text,'asignado'::text,'assigned'::text), ('decision'::text,'unassigned'::text,'sin asignar'::text,'unassigned'::text), ('decision'::text,'conflict'::text,'en conflicto'::text,'in conflict'::text), ('decision_kind'::text,'resolve_scout_conflict'::text,'decidió quién trajo a la persona'::text,'decided who brought the person'::text), ('decision_kind'::text,'resolve_unmatched_lead'::text,'decidió de quién es el registro'::text,'decided whose record it is'::text), ('decision_kind'::text,'revert_backfill'::text,'revirtió una corrida'::text,'reverted a run'::text), ('decision_kind'::text,'close_liquidation_period'::text,'cerró un período de liquidación'::text,'closed a liquidation period'::text), ('decision_kind'::text,'estimate_weights'::text,'estimó los pesos de la evidencia'::text,'estimated the weights of evidence'::text), ('decision_kind'::text,'split_merged_person'::text,'separó dos personas que se habían unido'::text,'split two persons that had been merged'::text), ('decision_kind'::text,'explain_payment'::text,'explicó un pago sin cobro'::text,'explained a payment without a claim'::text), ('job'::text,'identity_run'::text,'Ingesta de identidad'::text,'Identity ingestion'::text), ('job'::text,'scout_attribution_refresh'::text,'Atribución de scouts'::text,'Scout attribution'::text), ('job'::text,'drivers_index_refresh'::text,'Índice de conductores'::text,'Driver index'::text), ('ledger_rule'::text,'MANUAL'::text,'decisión de una persona'::text,'decision of a human'::text), ('ledger_rule'::text,'A'::text,'un solo scout en sus eventos'::text,'one scout in its events'::text), ('ledger_rule'::text,'A_FLEET'::text,'llegó por migración de flota'::text,'came by fleet migration'::text), ('ledger_rule'::text,'B'::text,'lead de cabinet sin scout'::text,'cabinet lead without a scout'::text), ('ledger_rule'::text,'C'::text,'varios scouts: conflicto'::text,'several scouts: conflict'::text), ('ledger_rule'::text,'U'::text,'sin asignar'::text,'unassigned'::text), ('ledger_rule'::text,'BACKFILL_SINGLE_SCOUT_FROM_EVENTS'::text,'completado: un solo scout en sus eventos'::text,'filled in: one scout in its events'::text), ('line_kind'::text,'EARNED'::text,'Ganado en el período'::text,'Earned in the period'::text), ('line_kind'::text,'CORRECTION'::text,'Correcciones de períodos anteriores'::text,'Corrections of earlier periods'::text), ('liquidation'::text,'PENDING'::text,'Pendiente'::text,'Pending'::text), ('liquidation'::text,'ELIGIBLE'::text,'Pagable'::text,'Eligible'::text), ('liquidation'::text,'BLOCKED'::text,'Bloqueado'::text,'Blocked'::text), ('quality_reason'::text,'NO_PERSONS'::text,'todavía no hay ninguna persona'::text,'there is no person yet'::text), ('quality_reason'::text,'SATISFACTORY_BELOW_80'::text,'menos de 80 % de las personas con scout satisfactorio'::text,'less than 80% of the persons have a satisfactory scout'::text), ('quality_reason'::text,'SATISFACTORY_BELOW_50'::text,'menos de 50 % de las personas con scout satisfactorio'::text,'less than 50% of the persons have a satisfactory scout'::text), ('quality_reason'::text,'CONFLICTS_OVER_50'::text,'más de 50 conflictos abiertos'::text,'more than 50 open conflicts'::text), ('quality_reason'::text,'CONFLICTS_OVER_100'::text,'más de 100 conflictos abiertos'::text,'more than 100 open conflicts'::text), ('reason'::text,'NO_CANDIDATES'::text,'Nadie encaja'::text,'Nobody fits'::text), ('reason'::text,'MULTIPLE_CANDIDATES'::text,'Varias personas posibles'::text,'Several possible persons'::text), ('reason'::text,'NAME_CONTRADICTION'::text,'Mismo dato, otro nombre'::text,'Same value, other name'::text), ('reason'::text,'WEAK_MATCH_ONLY'::text,'No alcanza para vincularlo'::text,'Not enough to link it'::text), ('reason'::text,'MISSING_KEYS'::text,'Le faltan datos'::text,'Data are missing'::text), ('reason'::text,'NO_PERSON_KEY'::text,'Sin clave de persona'::text,'No person key'::text), ('reason'::text,'ERROR'::text,'Error al leerlo'::text,'Could not be read'::text), ('reason'::text,'OTHER_PERSON'::text,'Otra persona encaja mejor'::text,'Another person fits better'::text), ('reason'::text,'PERSON_SPLIT'::text,'Un conductor, varias personas'::text,'One driver, several persons'::text), ('reason'::text,'NO_LEAD_LEFT'::text,'Ningún registro lleva ya a esta cuenta'::text,'No record leads to this account any more'::text), ('reason'::text,'LEAD_CONTESTED'::text,'El registro que lleva a ella está en duda'::text,'The record that leads to it is in doubt'::text), ('reason'::text,'REPLACED_RECORD'::text,'La fila dice otra persona'::text,'The row says another person now'::text), ('reason'::text,'SOURCE_GONE'::text,'La fila ya no está en su fuente'::text,'The row is gone from its source'::text), ('reason.explanation'::text,'NO_CANDIDATES'::text,'Ninguna cuenta ni persona tiene este teléfono, licencia o placa, o lo que tiene en común es muy poco.'::text,'No account and no person has this phone, licence or plate, or what they have in common is far too little.'::text), ('reason.explanation'::text,'MULTIPLE_CANDIDATES'::text,'Más de una persona es posible y ninguna es lo bastante segura. La máquina no adivina: decida usted.'::text,'More than one person is possible, and none is sure enough. The machine never guesses: decide.'::text), ('reason.explanation'::text,'NAME_CONTRADICTION'::text,'Alguien tiene exactamente este teléfono o licencia, pero con un nombre claramente distinto; y nadie más es lo bastante seguro.'::text,'Somebody has exactly this phone or licence, but clearly another name; and nobody else is sure enough.'::text), ('reason.explanation'::text,'WEAK_MATCH_ONLY'::text,'Alguien tiene algo en común con el registro, pero no lo bastante para vincularlo sin que lo vea una persona.'::text,'Somebody has something in common with the record, but not enough to link it without a human.'::text), ('reason.explanation'::text,'MISSING_KEYS'::text,'El registro no tiene fecha, o no trae nada que identifique a alguien.'::text,'The record has no date, or nothing in it identifies anybody.'::text), ('reason.explanation'::text,'REPLACED_RECORD'::text,'Cambiaron a la vez el nombre, el teléfono y la licencia de la fila: alguien escribió encima a otra persona, o la tabla se cargó con otros números. La persona de antes conserva vínculo, scout y pagos. Lo que la fila dice ahora no tiene efecto hasta que usted decida de quién es.'::text,'Name, phone and licence of the row have all changed: somebody wrote another person over it, or the table was loaded with other numbers. The person before keeps link, scout and payments. What the row says now has no effect until you decide whose it is.'::text), ('reason.explanation'::text,'SOURCE_GONE'::text,'La fuente ya no tiene esta fila, y ninguna otra dice lo mismo. No hay nada que decidir.'::text,'The source no longer has this row, and no other row says the same. There is nothing to decide.'::text), ('rule'::text,'MANUAL'::text,'una persona lo decidió'::text,'a human decided it'::text), ('rule'::text,'DRIVER_DIRECT'::text,'el registro trae la cuenta de conductor'::text,'the record carries the driver_id'::text), ('rule'::text,'R1_PHONE_EXACT'::text,'mismo teléfono'::text,'same phone'::text), ('rule'::text,'R2_LICENSE_EXACT'::text,'misma licencia'::text,'same licence'::text), ('rule'::text,'R3_PLATE_EXACT_NAME_SIMILAR'::text,'misma placa, contratado en esas fechas'::text,'same plate, hired around that date'::text), ('rule'::text,'R3B_PLATE_NAME_NO_DATE'::text,'misma placa, contratado en otra fecha'::text,'same plate, hired at another time'::text), ('rule'::text,'R4_CAR_FINGERPRINT_NAME_SIMILAR'::text,'misma marca y modelo, tres palabras del nombre en común, contratado en esas fechas'::text,'same brand and model, three words of the name in common, hired around that date'::text), ('rule'::text,'R5_LICENSE_NUMBER'::text,'mismo número de documento dentro de la licencia'::text,'same document number within the licence'::text), ('rule'::text,'R5_PHONE_ONE_OFF'::text,'teléfono que difiere en una cifra, y tres palabras del nombre en común'::text,'a phone that differs in one digit, and three words of the name in common'::text), ('rule'::text,'R5_LICENSE_ONE_OFF'::text,'licencia que difiere en un carácter, y tres palabras del nombre en común'::text,'a licence that differs in one character, and three words of the name in common'::text), ('rule'::text,'R5_NAME_AND_HIRE_DATE'::text,'tres palabras del nombre en común, contratado en esas fechas'::text,'three words of the name in common, hired around that date'::text), ('rule'::text,'NEW_PERSON'::text,'persona nueva: nadie más tiene sus datos'::text,'a new person: nobody else has these data'::text), ('rule'::text,'DRIVER_MATCH'::text,'cuenta de esta persona'::text,'an account of this person'::text), ('rule'::text,'BACKFILL_LICENSE_MATCH'::text,'misma licencia (programa anterior)'::text,'same licence (former program)'::text), ('rule'::text,'BACKFILL_PHONE_MATCH'::text,'mismo teléfono (programa anterior)'::text,'same phone (former program)'::text), ('rule'::text,'BACKFILL_NEW_PERSON'::text,'persona nueva (programa anterior)'::text,'a new person (former program)'::text), ('rule'::text,'driver_direct'::text,'el registro trae la cuenta de conductor'::text,'the record carries the driver_id'::text), ('run_status'::text,'RUNNING'::text,'En curso'::text,'Running'::text), ('run_status'::text,'COMPLETED'::text,'Completada'::text,'Completed'::text), ('run_status'::text,'FAILED'::text,'Falló'::text,'Failed'::text), ('run_status'::text,'NEVER_RUN'::text,'Nunca ha corrido'::text,'Never ran'::text), ('scout_signal'::text,'SCOUT_IS_DRIVER'::text,'Un conductor lleva el nombre del scout'::text,'A driver has the scout''s name'::text), ('scout_signal'::text,'SCOUT_PHONE_IN_LEADS'::text,'Leads con el teléfono de ese conductor'::text,'Leads with that driver''s phone'::text), ('scout_signal'::text,'ONE_DAY'::text,'Gran parte de los registros en un solo día'::text,'A large share of the records on one day'::text), ('scout_signal'::text,'SAME_PHONE'::text,'Muchos registros con un mismo teléfono'::text,'Many records with one phone'::text), ('scout_signal'::text,'SAME_PLATE'::text,'Muchos registros con una misma placa'::text,'Many records with one plate'::text), ('severity'::text,'OK'::text,'Bien'::text,'OK'::text), ('severity'::text,'YELLOW'::text,'Atención'::text,'Warning'::text), ('severity'::text,'RED'::text,'Problema'::text,'Problem'::text), ('severity'::text,'UNKNOWN'::text,'Sin datos'::text,'Unknown'::text), ('severity'::text,'WARN'::text,'Atención'::text,'Warning'::text), ('severity'::text,'FAIL'::text,'Problema'::text,'Problem'::text), ('source'::text,'module_ct_cabinet_leads'::text,'Lead de cabinet'::text,'Cabinet lead'::text), ('source'::text,'module_ct_scouting_daily'::text,'Registro de scouting'::text,'Scouting row'::text), ('source'::text,'module_ct_migrations'::text,'Migración de flota'::text,'Fleet migration'::text), ('source'::text,'module_ct_cabinet_payments'::text,'Pago de cabinet'::text,'Cabinet payment'::text), ('source'::text,'drivers'::text,'Cuenta de conductor'::text,'Driver account'::text), ('source'::text,'lead_ledger'::text,'Libro de leads'::text,'Lead ledger'::text), ('source'::text,'cabinet'::text,'Cabinet'::text,'Cabinet'::text), ('source'::text,'scouting'::text,'Scouting'::text,'Scouting'::text), ('source'::text,'fleet_migration'::text,'Migración de flota'::text,'Fleet migration'::text), ('state'::text,'OK'::text,'{name} está bien.'::text,'{name} is well.'::text), ('state'::text,'UNKNOWN'::text,'No se espera nada de {name}.'::text,'Nothing is expected of {name}.'::text), ('state'::text,'NOT_CONFIGURED'::text,'El canal {name} no está configurado.'::text,'The channel {name} is not configured.'::text), ('state'::text,'NEVER_CHECKED'::text,'Todavía no se ha comprobado: {name}.'::text,'Not checked yet: {name}.'::text), ('state'::text,'DAG_UNKNOWN'::text,'Airflow no conoce {name}, o hace mucho que no lo dice.'::text,'Airflow does not know the DAG {name}, or has not said so for long.'::text), ('state.action'::text,'NO_INGESTION'::text,'Active la ingesta de identidad en Airflow y ejecútela; si falla, lea las últimas líneas del registro.'::text,'Unpause the DAG identity_ingestion and run it; if it fails, read the last lines of its log.'::text), ('state.action'::text,'INGESTION_STALE'::text,'Mire si Airflow y su planificador están en marcha y si el proceso está activo; luego ejecute la ingesta de identidad.'::text,'See whether Airflow and its scheduler run and the DAG is unpaused; then run identity_ingestion.'::text), ('state.action'::text,'NO_ATTRIBUTION'::text,'Active la atribución de scouts en Airflow y ejecútela después de una ingesta de identidad.'::text,'Unpause the DAG scout_attribution_refresh and run it after an identity ingestion.'::text), ('state.action'::text,'ATTRIBUTION_STALE'::text,'Mire si Airflow está en marcha y si el proceso está activo; luego ejecute la atribución de scouts.'::text,'See whether Airflow and its scheduler run and the DAG is unpaused; then run scout_attribution_refresh.'::text), ('state.action'::text,'RUN_FAILED'::text,'Abra la corrida: el registro de la tarea en rojo dice qué falta. Corríjalo y repítala; nada se pierde.'::text,'Open the run: the log of the red task says what is missing. Correct it and run it again; nothing is lost.'::text), ('state.action'::text,'RUN_STUCK'::text,'Abra la corrida y vea en qué tarea está; busque bloqueos en la base. Se puede terminar sin perder nada.'::text,'Open the run and see which task it is in; look for locks in the database. It may be ended, nothing is lost.'::text), ('state.action'::text,'DAG_PAUSED'::text,'Actívelo en Airflow, o silencie esta alerta con el motivo si la pausa es a propósito.'::text,'Unpause it in Airflow, or mute this alert with the reason if the pause is meant.'::text), ('state.action'::text,'NO_NEW_DATA'::text,'Revise las cargas que alimentan las fuentes: probablemente alguna se detuvo.'::text,'Look at the loads that feed the sources: one of them has probably stopped.'::text), ('state.action'::text,'ATTRIBUTION_QUALITY'::text,'Si aún no hay personas, ejecute la ingesta de identidad. Si no: resuelva los conflictos y revise a quién le falta scout.'::text,'If there is no person yet, run identity_ingestion. Else: resolve the conflicts and look at the backlog.'::text), ('state.action'::text,'ATTRIBUTION_JOB'::text,'Arregle primero el proceso; la calidad se vuelve a medir sola.'::text,'Mend the job first; quality is measured anew by itself.'::text), ('state.action'::text,'PAYMENTS_UNEXPLAINED'::text,'En la página Cobranza Yango mire “Pagado sin cobro”: cada pago dice qué le quitó su cobro. Corrija eso.'::text,'On the Yango collection page look under “Paid without a claim”: each payment says what took its claim away. Correct that.'::text), ('state.action'::text,'source.SOURCE_REPLACED'::text,'Nada, si su carga reemplaza la tabla: la próxima corrida la lee entera. Si no, mire qué contiene la tabla nueva.'::text,'Nothing, if its load replaces the table: the next run reads all of it. Else look at what the new table holds.'::text), ('state.action'::text,'source.CHECK_FAILED'::text,'Lea el mensaje: nombra lo que falta. Que lo corrija quien carga la fuente; la próxima corrida sigue.'::text,'Read the message: it names what is missing. Let whoever loads the source correct it; the next run goes on.'::text), ('state.action'::text,'source.NO_DATA'::text,'Revise la carga de esta fuente: nunca ha llegado nada.'::text,'Look at the load of this source: nothing has ever arrived.'::text), ('state.action'::text,'source.SOURCE_EMPTIED'::text,'Pregunte a quien la carga: fue vaciada o recargada sin filas.'::text,'Ask whoever loads it: it was emptied or reloaded with nothing.'::text), ('state.action'::text,'source.NO_INGESTION_2D'::text,'Revise la carga de esta fuente y vuelva a lanzarla.'::text,'Look at the load of this source and start it again.'::text), ('state.action'::text,'source.INGESTION_1D'::text,'Revise la carga de esta fuente: su hora y su gracia ya pasaron.'::text,'Look at the load of this source: its hour and its grace are over.'::text), ('state.action'::text,'source.INGESTION_STALE'::text,'Revise la carga de esta fuente y vuelva a lanzarla.'::text,'Look at the load of this source and start it again.'::text), ('state.action'::text,'source.BUSINESS_LAG'::text,'Pregunte a quien la carga por qué faltan los últimos días.'::text,'Ask whoever loads it why the last days are missing.'::text), ('state.action'::text,'source.STAMPS_AHEAD'::text,'Corrija el reloj de quien la carga, o indique en los ajustes en qué zona horaria escribe.'::text,'Correct the clock of its loader, or say in CONTROL_TOWER_SOURCE_ZONES in which time zone it stamps.'::text), ('state.action'::text,'source.VOLUME_DROP'::text,'Pregunte a quien la carga si el archivo estaba completo o si se borraron filas.'::text,'Ask whoever loads it whether the file was complete or rows were deleted.'::text), ('state.action'::text,'source.lead_events'::text,'Los escribe la ingesta de identidad: se ponen al día cuando se completa.'::text,'identity_ingestion writes them: they are up to date again when it completes.'::text), ('state.action'::text,'source.ingestion_runs'::text,'Se pone al día cuando la ingesta de identidad se completa.'::text,'It is up to date again when identity_ingestion completes.'::text), ('state.action'::text,'source.*'::text,'Revise la carga de esta fuente y vuelva a lanzarla.'::text,'Look at the load of this source and start it again.'::text), ('state.action'::text,'INVARIANT_BROKEN'::text,'No corrija filas a mano. Vea los ejemplos, busque qué programa las escribió y ejecute de nuevo el proceso.'::text,'Do not correct rows by hand. See the examples, find the program that wrote them, and run the pipeline again.'::text), ('state.action'::text,'CHECK_FAILED'::text,'Lea el mensaje: suele faltar un objeto o un permiso. Pida que se actualice la base de datos y espere la próxima revisión.'::text,'Read the message: often an object or a right is missing. Run migrate_schema and wait for the next check.'::text), ('state.action'::text,'DAG_IMPORT_ERROR'::text,'Corrija el error que se muestra, o vuelva a desplegar la versión anterior de los archivos.'::text,'Correct the error that is shown, or deploy the former version of the files again.'::text), ('state.action'::text,'CHECKS_STALE'::text,'Active el control de salud en Airflow y mire si Airflow y su planificador están en marcha.'::text,'Unpause the DAG pipeline_health and see whether Airflow and its scheduler run.'::text), ('state.action'::text,'NO_CHECKS'::text,'Active el control de salud en Airflow.'::text,'Unpause the DAG pipeline_health.'::text), ('state.action'::text,'DELIVERY_FAILING'::text,'Revise la conexión del canal en Airflow y que su servidor responda. Lo pendiente se enviará solo.'::text,'Check the channel''s connection in Airflow and that its server answers. What waits is sent by itself.'::text), ('state.action'::text,'CHECKS_INTERRUPTED'::text,'Mire por qué Airflow o su planificador estuvo detenido. Un monitor externo (heartbeat) avisa en el momento.'::text,'Find out why Airflow or its scheduler stood still. An outside monitor (heartbeat) tells at once.'::text), ('state.action'::text,'VERSIONS_DIFFER'::text,'Instale una misma versión dondequiera que corra Airflow, reinícielo y actualice la base de datos.'::text,'Install one version wherever Airflow runs, restart it and run migrate_schema.'::text), ('state.action'::text,'DATABASE_UNREACHABLE'::text,'Revise que el servidor esté en marcha y que la conexión de Control Tower en Airflow sea correcta.'::text,'Check that the server runs and that Airflow''s connection control_tower is right.'::text), ('state.action'::text,'CHECKS_IMPOSSIBLE'::text,'Lea el mensaje: suele faltar un objeto o un permiso. Pida que se actualice la base de datos; se reintenta cada 15 min.'::text,'Read the message: often an object or a right is missing. Run migrate_schema; it is tried again every 15 min.'::text), ('state.title'::text,'NO_INGESTION'::text,'{name} nunca se ha completado.'::text,'The {name} has never completed.'::text), ('state.title'::text,'INGESTION_STALE'::text,'{name} no se completa desde hace demasiado tiempo; las vistas de dinero usan datos antiguos.'::text,'The {name} has not completed for too long; the money views show old data.'::text), ('state.title'::text,'NO_ATTRIBUTION'::text,'{name} nunca se ha completado.'::text,'The {name} has never completed.'::text), ('state.title'::text,'ATTRIBUTION_STALE'::text,'{name} no se completa desde hace demasiado tiempo.'::text,'The {name} has not completed for too long.'::text), ('state.title'::text,'RUN_FAILED'::text,'La última corrida de {name} falló.'::text,'The last run of the {name} failed.'::text), ('state.title'::text,'RUN_STUCK'::text,'Una corrida de {name} lleva demasiado tiempo en curso.'::text,'A run of the {name} has been going on for too long.'::text), ('state.title'::text,'DAG_PAUSED'::text,'{name} está en pausa en Airflow: no volverá a ejecutarse por su cuenta.'::text,'The DAG of the {name} is paused: it will not run again by itself.'::text), ('state.title'::text,'NO_NEW_DATA'::text,'{name} se completa, pero no llega nada nuevo.'::text,'The {name} completes, but nothing new arrives.'::text), ('state.title'::text,'ATTRIBUTION_QUALITY'::text,'La calidad de la atribución de scouts está por debajo de lo aceptable.'::text,'The quality of scout attribution is below what is acceptable.'::text), ('state.title'::text,'ATTRIBUTION_JOB'::text,'La atribución de scouts muestra datos antiguos, porque su proceso no está bien.'::text,'Scout attribution shows old data, because its job is not well.'::text), ('state.title'::text,'PAYMENTS_UNEXPLAINED'::text,'Yango pagó algo que ya no corresponde a ningún cobro.'::text,'Yango paid what belongs to no claim any more.'::text), ('state.title'::text,'source.SOURCE_REPLACED'::text,'La tabla de la fuente {name} fue reemplazada.'::text,'The table of the source {name} was replaced.'::text), ('state.title'::text,'source.CHECK_FAILED'::text,'La fuente {name} no se puede leer.'::text,'The source {name} cannot be read.'::text), ('state.title'::text,'source.NO_DATA'::text,'La fuente {name} está vacía.'::text,'The source {name} is empty.'::text), ('state.title'::text,'source.SOURCE_EMPTIED'::text,'La fuente {name} tenía filas y ahora está vacía.'::text,'The source {name} had rows and is empty now.'::text), ('state.title'::text,'source.NO_INGESTION_2D'::text,'La fuente {name} no recibe filas desde hace dos días o más.'::text,'The source {name} has received no rows for two days or more.'::text), ('state.title'::text,'source.INGESTION_1D'::text,'La carga de la fuente {name} está atrasada.'::text,'The load of the source {name} is late.'::text), ('state.title'::text,'source.INGESTION_STALE'::text,'La fuente {name} no recibe filas desde hace más de lo esperado.'::text,'The source {name} has received no rows for longer than expected.'::text), ('state.title'::text,'source.BUSINESS_LAG'::text,'La fuente {name} recibe filas, pero de días atrasados.'::text,'The source {name} receives rows, but of days long past.'::text), ('state.title'::text,'source.STAMPS_AHEAD'::text,'Las marcas de hora de la fuente {name} están adelantadas.'::text,'The stamps of the source {name} are ahead of the clock.'::text), ('state.title'::text,'source.VOLUME_DROP'::text,'La fuente {name} trajo muchas menos filas que de costumbre, o perdió muchas.'::text,'The source {name} brought far fewer rows than usual, or lost many.'::text), ('state.title'::text,'source.lead_events'::text,'Los eventos de leads no están al día.'::text,'Lead events are not up to date.'::text), ('state.title'::text,'source.ingestion_runs'::text,'Ninguna corrida se ha completado en el plazo esperado.'::text,'No run has completed within the expected time.'::text), ('state.title'::text,'source.*'::text,'La fuente {name} no está al día.'::text,'The source {name} is not up to date.'::text), ('state.title'::text,'INVARIANT_BROKEN'::text,'Los datos incumplen una regla: {name}.'::text,'The data break a rule: {name}.'::text), ('state.title'::text,'CHECK_FAILED'::text,'Una comprobación no se pudo hacer: {name}. No se sabe si está bien.'::text,'A check could not run: {name}. Nobody knows whether it is well.'::text), ('state.title'::text,'DAG_IMPORT_ERROR'::text,'Airflow no puede leer el archivo de {name}.'::text,'Airflow cannot read the file of the DAG {name}.'::text), ('state.title'::text,'CHECKS_STALE'::text,'Nadie vigila: la revisión de salud no se ejecuta.'::text,'Nobody is watching: the health check does not run.'::text), ('state.title'::text,'NO_CHECKS'::text,'La revisión de salud nunca se ha ejecutado.'::text,'The health check has never run.'::text), ('state.title'::text,'DELIVERY_FAILING'::text,'Las alertas por {name} no llegan.'::text,'Alerts by {name} do not arrive.'::text), ('state.title'::text,'CHECKS_INTERRUPTED'::text,'Durante un tiempo nadie vigiló: la revisión de salud no se ejecutó.'::text,'For a while nobody was watching: the health check did not run.'::text), ('state.title'::text,'VERSIONS_DIFFER'::text,'Las partes de Control Tower son de versiones distintas.'::text,'The parts of Control Tower are of different versions.'::text), ('state.title'::text,'DATABASE_UNREACHABLE'::text,'La base de datos de Control Tower no responde. Nada se ejecuta y nada se puede revisar.'::text,'Control Tower''s database does not answer. Nothing runs, and nothing can be checked.'::text), ('state.title'::text,'CHECKS_IMPOSSIBLE'::text,'La revisión de salud no puede hacer su trabajo en la base de datos: nadie vigila.'::text,'The health check cannot do its work in the database: nobody is watching.'::text), ('unmatched_status'::text,'OPEN'::text,'Abierto'::text,'Open'::text), ('unmatched_status'::text,'CONTESTED'::text,'En duda'::text,'In doubt'::text), ('unmatched_status'::text,'IGNORED'::text,'Apartado por alguien'::text,'Set aside by a human'::text), ('unmatched_status'::text,'RESOLVED'::text,'Resuelto'::text,'Resolved'::text)) "*VALUES*";

CREATE VIEW ops.local_time_zone AS
 SELECT COALESCE(( SELECT (run.parameters ->> 'timezone'::text)
           FROM ops.ingestion_runs run
          WHERE (run.parameters ? 'timezone'::text)
          ORDER BY run.id DESC
         LIMIT 1), 'America/Lima'::text) AS timezone;

CREATE VIEW canon.local_today AS
 SELECT ((now() AT TIME ZONE timezone))::date AS today
   FROM ops.local_time_zone zone;

CREATE VIEW canon.match_rules AS
 SELECT column1 AS "position",
    column2 AS match_rule,
    column3 AS match_score,
    column4 AS confidence_level,
    column5 AS names,
    column6 AS link_from,
    column7 AS contested_below,
    column8 AS is_by_name,
    column9 AS needs_counts
   FROM (VALUES (1,'DRIVER_DIRECT'::text,100,'HIGH'::public.confidencelevel,'ANY'::text,(0.5)::double precision,(0.5)::double precision,false,false), (2,'R1_PHONE_EXACT'::text,95,'HIGH'::public.confidencelevel,'ANY'::text,0.992,0.95,false,false), (3,'R2_LICENSE_EXACT'::text,92,'HIGH'::public.confidencelevel,'ANY'::text,0.99,0.95,false,false), (4,'R3_PLATE_EXACT_NAME_SIMILAR'::text,85,'MEDIUM'::public.confidencelevel,'AGREE'::text,0.99,0.95,false,false), (5,'R5_LICENSE_NUMBER'::text,84,'MEDIUM'::public.confidencelevel,'ANY'::text,0.99,0.95,false,false), (6,'R3B_PLATE_NAME_NO_DATE'::text,78,'MEDIUM'::public.confidencelevel,'AGREE'::text,0.99,0.95,false,false), (7,'R4_CAR_FINGERPRINT_NAME_SIMILAR'::text,75,'LOW'::public.confidencelevel,'VERY'::text,0.99,0.95,true,false), (8,'R5_PHONE_ONE_OFF'::text,72,'LOW'::public.confidencelevel,'AGREE'::text,0.99,0.95,true,false), (9,'R5_LICENSE_ONE_OFF'::text,71,'LOW'::public.confidencelevel,'AGREE'::text,0.99,0.95,true,false), (10,'R5_NAME_AND_HIRE_DATE'::text,60,'LOW'::public.confidencelevel,'VERY'::text,0.9993,0.99,true,true)) "*VALUES*";

CREATE VIEW canon.shipped_match_weights AS
 SELECT column1 AS comparison,
    column2 AS level,
    column3 AS m,
    column4 AS u,
    column5 AS household
   FROM (VALUES ('prior'::text,'record'::text,(0.6)::double precision,(0.4)::double precision,(0.05)::double precision), ('driver'::text,'equal'::text,0.99,0.000001,NULL::double precision), ('driver'::text,'differs'::text,0.01,1.0,NULL::double precision), ('phone'::text,'equal'::text,0.85,0.03,0.15), ('phone'::text,'one_off'::text,0.008,0.000001,NULL::double precision), ('phone'::text,'differs'::text,0.14,0.97,NULL::double precision), ('license'::text,'equal'::text,0.93,0.004,NULL::double precision), ('license'::text,'number'::text,0.04,0.004,NULL::double precision), ('license'::text,'one_off'::text,0.012,0.000001,NULL::double precision), ('license'::text,'differs'::text,0.02,0.97,NULL::double precision), ('plate'::text,'equal'::text,0.88,0.05,0.10), ('plate'::text,'one_off'::text,0.02,0.00001,NULL::double precision), ('plate'::text,'differs'::text,0.08,0.95,NULL::double precision), ('plate'::text,'differs_too'::text,0.28,0.95,NULL::double precision), ('car'::text,'equal'::text,0.90,1.0,NULL::double precision), ('car'::text,'differs'::text,0.10,1.0,NULL::double precision), ('car'::text,'equal_other_plate'::text,0.15,1.0,NULL::double precision), ('car'::text,'differs_other_plate'::text,0.85,1.0,NULL::double precision), ('name'::text,'equal'::text,0.95,1.0,0.50), ('name'::text,'equal_given'::text,0.95,1.0,0.05), ('name'::text,'variant'::text,0.03,2.0,0.02), ('name'::text,'typo'::text,0.02,1.0,0.02), ('name'::text,'initial'::text,0.05,0.018,0.036), ('name'::text,'conflict'::text,0.006,0.70,0.60), ('name'::text,'no_given'::text,0.005,0.05,0.50), ('name'::text,'other_given'::text,0.0001,0.035,0.30), ('name'::text,'missing'::text,0.005,0.02,0.02), ('hired'::text,'close'::text,0.78,1.0,NULL::double precision), ('hired'::text,'near'::text,0.22,1.0,NULL::double precision), ('hired'::text,'far'::text,0.06,1.0,NULL::double precision), ('park'::text,'target'::text,0.55,1.0,NULL::double precision), ('park'::text,'other'::text,0.45,1.0,NULL::double precision)) "*VALUES*";

CREATE TABLE canon.value_frequencies (
    kind text NOT NULL,
    value text NOT NULL,
    people integer NOT NULL,
    CONSTRAINT value_frequencies_kind_check CHECK ((kind = ANY (ARRAY['word'::text, 'car'::text, 'hired_close'::text, 'hired_near'::text, 'park'::text, 'same_person'::text, 'other_given'::text])))
);

CREATE TABLE canon.weights_versions (
    version integer NOT NULL,
    weights jsonb DEFAULT '{}'::jsonb NOT NULL,
    people integer,
    run_id integer,
    is_queued boolean DEFAULT false NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    created_by text,
    reason text
);

CREATE VIEW canon.weights_in_force AS
 SELECT version,
    weights,
    people,
    run_id
   FROM canon.weights_versions counted
  WHERE (run_id IS NOT NULL)
  ORDER BY version DESC
 LIMIT 1;

CREATE VIEW canon.match_weights AS
 WITH in_force AS (
         SELECT shipped.comparison,
            shipped.level,
            COALESCE(((version.weights #>> ARRAY[shipped.comparison, shipped.level, 'm'::text]))::double precision, shipped.m) AS m,
            COALESCE(((version.weights #>> ARRAY[shipped.comparison, shipped.level, 'u'::text]))::double precision, shipped.u) AS u,
            COALESCE(((version.weights #>> ARRAY[shipped.comparison, shipped.level, 'household'::text]))::double precision, shipped.household) AS household
           FROM (canon.shipped_match_weights shipped
             LEFT JOIN canon.weights_in_force version ON (true))
        )
 SELECT in_force.comparison,
    in_force.level,
        CASE
            WHEN (counted.people IS NULL) THEN in_force.m
            ELSE (((differing.people)::double precision + ((1000)::double precision * in_force.m)) / ((counted.people + 1000))::double precision)
        END AS m,
    in_force.u,
    in_force.household
   FROM ((in_force
     LEFT JOIN canon.value_frequencies counted ON (((in_force.comparison = 'name'::text) AND (in_force.level = 'other_given'::text) AND (counted.kind = 'same_person'::text))))
     LEFT JOIN canon.value_frequencies differing ON (((in_force.comparison = 'name'::text) AND (in_force.level = 'other_given'::text) AND (differing.kind = 'other_given'::text))));

CREATE VIEW canon.match_weight_bits AS
 WITH bits AS (
         SELECT ((weight.comparison || '_'::text) || weight.level) AS name,
            weight.m,
            weight.u,
            weight.household,
            (ln((weight.m / weight.u)) / ln((2)::double precision)) AS bits,
                CASE
                    WHEN (weight.household > (0)::double precision) THEN (ln((weight.household / weight.u)) / ln((2)::double precision))
                    ELSE (0)::double precision
                END AS household_bits
           FROM canon.match_weights weight
        ), people AS (
         SELECT (COALESCE(( SELECT version.people
                   FROM canon.weights_in_force version), 10000))::double precision AS people
        )
 SELECT people.people,
    COALESCE(( SELECT version.version
           FROM canon.weights_in_force version), 0) AS version,
    ( SELECT (count(version.people) > 0)
           FROM canon.weights_in_force version) AS has_counts,
    (ln(people.people) / ln((2)::double precision)) AS people_bits,
    max(bits.m) FILTER (WHERE (bits.name = 'prior_record'::text)) AS share_with_driver,
    ((ln(max(bits.m) FILTER (WHERE (bits.name = 'prior_record'::text))) / ln((2)::double precision)) - (ln(people.people) / ln((2)::double precision))) AS prior_bits,
    (max(bits.household) FILTER (WHERE (bits.name = 'prior_record'::text)) / people.people) AS share_of_relatives,
    max(bits.bits) FILTER (WHERE (bits.name = 'driver_equal'::text)) AS driver_equal,
    max(bits.bits) FILTER (WHERE (bits.name = 'driver_differs'::text)) AS driver_differs,
    max(bits.bits) FILTER (WHERE (bits.name = 'phone_equal'::text)) AS phone_equal,
    max(bits.household_bits) FILTER (WHERE (bits.name = 'phone_equal'::text)) AS phone_equal_household,
    max(bits.bits) FILTER (WHERE (bits.name = 'phone_one_off'::text)) AS phone_one_off,
    max(bits.bits) FILTER (WHERE (bits.name = 'phone_differs'::text)) AS phone_differs,
    max(bits.bits) FILTER (WHERE (bits.name = 'license_equal'::text)) AS license_equal,
    max(bits.bits) FILTER (WHERE (bits.name = 'license_number'::text)) AS license_number,
    max(bits.bits) FILTER (WHERE (bits.name = 'license_one_off'::text)) AS license_one_off,
    max(bits.bits) FILTER (WHERE (bits.name = 'license_differs'::text)) AS license_differs,
    max(bits.bits) FILTER (WHERE (bits.name = 'plate_equal'::text)) AS plate_equal,
    max(bits.household_bits) FILTER (WHERE (bits.name = 'plate_equal'::text)) AS plate_equal_household,
    max(bits.bits) FILTER (WHERE (bits.name = 'plate_one_off'::text)) AS plate_one_off,
    max(bits.bits) FILTER (WHERE (bits.name = 'plate_differs'::text)) AS plate_differs,
    max(bits.bits) FILTER (WHERE (bits.name = 'plate_differs_too'::text)) AS plate_differs_too,
    max(bits.bits) FILTER (WHERE (bits.name = 'car_equal'::text)) AS car_equal,
    max(bits.bits) FILTER (WHERE (bits.name = 'car_differs'::text)) AS car_differs,
    max(bits.bits) FILTER (WHERE (bits.name = 'car_equal_other_plate'::text)) AS car_equal_other_plate,
    max(bits.bits) FILTER (WHERE (bits.name = 'car_differs_other_plate'::text)) AS car_differs_other_plate,
    max(bits.bits) FILTER (WHERE (bits.name = 'name_missing'::text)) AS name_missing,
    max(bits.bits) FILTER (WHERE (bits.name = 'hired_close'::text)) AS hired_close,
    max(bits.bits) FILTER (WHERE (bits.name = 'hired_near'::text)) AS hired_near,
    max(bits.bits) FILTER (WHERE (bits.name = 'hired_far'::text)) AS hired_far,
    max(bits.bits) FILTER (WHERE (bits.name = 'park_target'::text)) AS park_target,
    max(bits.bits) FILTER (WHERE (bits.name = 'park_other'::text)) AS park_other
   FROM (bits
     CROSS JOIN people)
  GROUP BY people.people;

CREATE TABLE observational.scouting_match_candidates (
    id integer NOT NULL,
    week_label character varying NOT NULL,
    scouting_row_id character varying NOT NULL,
    scouting_date date NOT NULL,
    person_key_candidate uuid,
    matched_source public.matched_source_enum NOT NULL,
    match_rule character varying,
    score numeric(3,2) NOT NULL,
    confidence_level public.confidence_level_obs_enum NOT NULL,
    matched_source_pk character varying,
    matched_source_date date,
    time_to_match_days integer,
    notes text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    run_id integer
);

CREATE TABLE ops.identity_matching_jobs (
    id bigint NOT NULL,
    source_type text NOT NULL,
    source_id text NOT NULL,
    status text DEFAULT 'pending'::text NOT NULL,
    attempt_count integer DEFAULT 0 NOT NULL,
    last_attempt_at timestamp with time zone,
    matched_person_key uuid,
    fail_reason text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT identity_matching_jobs_source_type_check CHECK ((source_type = 'cabinet'::text)),
    CONSTRAINT identity_matching_jobs_status_check CHECK ((status = ANY (ARRAY['pending'::text, 'matched'::text, 'failed'::text])))
);

CREATE VIEW canon.mentions_of_persons AS
 SELECT claim.person_key,
    claim.xmin AS row_version
   FROM canon.claims_yango_cabinet_14d claim
UNION ALL
 SELECT origin.person_key,
    origin.xmin AS row_version
   FROM canon.identity_origin origin
UNION ALL
 SELECT history.person_key,
    history.xmin AS row_version
   FROM canon.identity_origin_history history
UNION ALL
 SELECT orphan.person_key,
    orphan.xmin AS row_version
   FROM canon.driver_orphan_quarantine orphan
UNION ALL
 SELECT candidate.person_key_candidate AS person_key,
    candidate.xmin AS row_version
   FROM observational.scouting_match_candidates candidate
UNION ALL
 SELECT job.matched_person_key AS person_key,
    job.xmin AS row_version
   FROM ops.identity_matching_jobs job;

CREATE VIEW canon.mergeable_persons AS
 SELECT person_key,
    created_at
   FROM canon.identity_registry person
  WHERE ((EXISTS ( SELECT 1
           FROM canon.identity_links link
          WHERE ((link.person_key = person.person_key) AND ((link.match_rule)::text = ANY ((ARRAY['NEW_PERSON'::character varying, 'BACKFILL_NEW_PERSON'::character varying])::text[]))))) AND (NOT (EXISTS ( SELECT 1
           FROM canon.identity_links link
          WHERE ((link.person_key = person.person_key) AND (((link.source_table)::text = 'drivers'::text) OR ((link.match_rule)::text = 'MANUAL'::text)))))) AND (NOT (EXISTS ( SELECT 1
           FROM observational.lead_ledger ledger
          WHERE ((ledger.person_key = person.person_key) AND ((ledger.attribution_rule)::text = 'MANUAL'::text))))) AND (NOT (EXISTS ( SELECT 1
           FROM ops.human_decisions decision
          WHERE ((decision.person_key = person.person_key) AND (decision.kind = 'split_merged_person'::text))))) AND (NOT (EXISTS ( SELECT 1
           FROM canon.mentions_of_persons mention
          WHERE (mention.person_key = person.person_key)))));

CREATE UNLOGGED TABLE canon.name_scores_this_run (
    name_a text NOT NULL,
    name_b text NOT NULL,
    similarity real NOT NULL,
    verdict text NOT NULL,
    bits real DEFAULT 0 NOT NULL,
    household_bits real DEFAULT 0 NOT NULL,
    CONSTRAINT name_scores_this_run_verdict_check CHECK ((verdict = ANY (ARRAY['VERY'::text, 'AGREE'::text, 'UNDECIDED'::text, 'CONTRADICT'::text])))
);

CREATE TABLE canon.paid_payments (
    payment_key text NOT NULL,
    milestone_value integer,
    pay_date date,
    driver_id text,
    person_key uuid,
    match_rule text,
    match_confidence text,
    driver_name_normalized text,
    name_key text
);

CREATE TABLE canon.partner_claims (
    driver_id character varying,
    person_key uuid,
    driver_name character varying,
    milestone_value integer,
    lead_date date,
    expected_amount numeric(12,2),
    yango_due_date timestamp without time zone,
    yango_payment_status text,
    payment_key text,
    pay_date date,
    reason_code text,
    match_rule text,
    match_confidence text,
    identity_status text,
    suggested_driver_id text,
    is_reconcilable_enriched boolean,
    scout_id integer,
    scout_name character varying,
    scout_name_normalized character varying,
    scout_is_active boolean,
    scout_quality_bucket text NOT NULL,
    is_scout_resolved boolean NOT NULL,
    scout_source_table text,
    scout_attribution_date date,
    scout_priority integer,
    is_conflict boolean NOT NULL,
    currency text,
    candidate_driver_ids text[],
    payment_keys text[]
);

CREATE TABLE canon.partner_claims_queue (
    person_key uuid NOT NULL
);

CREATE TABLE canon.payment_names (
    name_key text NOT NULL,
    driver_id text NOT NULL
);

CREATE TABLE canon.payment_queue (
    person_key uuid NOT NULL
);

CREATE TABLE canon.person_backfill_queue (
    id bigint NOT NULL,
    kind text NOT NULL,
    value text NOT NULL,
    CONSTRAINT person_backfill_queue_kind_check CHECK ((kind = ANY (ARRAY['phone'::text, 'license'::text])))
);

ALTER TABLE canon.person_backfill_queue ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME canon.person_backfill_queue_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE UNLOGGED TABLE canon.person_merges_this_run (
    person_key uuid NOT NULL,
    survivor_key uuid NOT NULL,
    account_group character varying NOT NULL
);

CREATE VIEW canon.person_states AS
 SELECT person.person_key,
    jsonb_build_object('person', to_jsonb(person.*), 'ledger', to_jsonb(ledger.*), 'link_rows', ( SELECT COALESCE(jsonb_agg(to_jsonb(link.*)), '[]'::jsonb) AS "coalesce"
           FROM canon.identity_links link
          WHERE (link.person_key = person.person_key)), 'event_rows', ( SELECT COALESCE(jsonb_agg(jsonb_build_object('id', event.id, 'source_table', event.source_table, 'source_pk', event.source_pk)), '[]'::jsonb) AS "coalesce"
           FROM observational.lead_events event
          WHERE (event.person_key = person.person_key))) AS state
   FROM (canon.identity_registry person
     LEFT JOIN observational.lead_ledger ledger ON ((ledger.person_key = person.person_key)));

CREATE TABLE canon.persons_without_ledger (
    person_key uuid NOT NULL
);

CREATE VIEW canon.persons_without_scout AS
 SELECT person_key,
    category,
    event_count,
    first_event_date,
    last_event_date,
    scout_id
   FROM ( SELECT ledger.person_key,
                CASE
                    WHEN (ledger.event_scouts > 0) THEN 'D'::text
                    WHEN (ledger.event_scouts = 0) THEN 'A'::text
                    ELSE 'C'::text
                END AS category,
            (COALESCE(ledger.event_count, 0))::bigint AS event_count,
            ledger.first_event_date,
            ledger.last_event_date,
                CASE
                    WHEN (ledger.event_scouts = 1) THEN ledger.event_scout_ids[1]
                    ELSE NULL::integer
                END AS scout_id,
            ledger.attributed_scout_id,
            false AS is_looked_up
           FROM observational.lead_ledger ledger
        UNION ALL
         SELECT without.person_key,
            'C'::text AS text,
            (0)::bigint AS int8,
            NULL::date AS date,
            NULL::date AS date,
            NULL::integer AS int4,
            NULL::integer AS int4,
            false
           FROM canon.persons_without_ledger without
        UNION ALL
         SELECT queued.person_key,
                CASE
                    WHEN (events.scouts > 0) THEN 'D'::text
                    WHEN (events.event_count > 0) THEN 'A'::text
                    ELSE 'C'::text
                END AS "case",
            events.event_count,
            events.first_event_date,
            events.last_event_date,
                CASE
                    WHEN (events.scouts = 1) THEN events.scout_id
                    ELSE NULL::integer
                END AS "case",
            ( SELECT ledger.attributed_scout_id
                   FROM observational.lead_ledger ledger
                  WHERE (ledger.person_key = queued.person_key)) AS attributed_scout_id,
            true
           FROM (canon.attribution_queue queued
             LEFT JOIN LATERAL ( SELECT count(*) AS event_count,
                    min(event.event_date) AS first_event_date,
                    max(event.event_date) AS last_event_date,
                    count(DISTINCT event.scout_id) AS scouts,
                    min(event.scout_id) AS scout_id
                   FROM observational.lead_events event
                  WHERE (event.person_key = queued.person_key)) events ON (true))
          WHERE (( SELECT registered.person_key
                   FROM canon.identity_registry registered
                  WHERE (registered.person_key = queued.person_key)) IS NOT NULL)) person
  WHERE ((attributed_scout_id IS NULL) AND (is_looked_up OR (( SELECT q.person_key
           FROM canon.attribution_queue q
          WHERE (q.person_key = person.person_key)) IS DISTINCT FROM person_key)));

CREATE TABLE canon.read_model_refreshes (
    read_model text NOT NULL,
    refreshed_at timestamp with time zone NOT NULL,
    run_id integer,
    settings text,
    trips_identity text,
    trips_seen text,
    trips_horizon xid8,
    horizon xid8,
    payments_seen text,
    CONSTRAINT read_model_refreshes_read_model_check CHECK ((read_model = ANY (ARRAY['payments'::text, 'claims'::text, 'cabinet_claims'::text])))
);

CREATE VIEW canon.readable_types AS
 SELECT understood.reads_as,
    (readable.type)::regtype AS type,
    readable.place
   FROM (( VALUES ('text'::text,'text varchar bpchar name integer bigint smallint numeric real float8 uuid'::text), ('key'::text,'bigint integer smallint text varchar bpchar numeric real float8 uuid'::text), ('number'::text,'integer bigint smallint numeric real float8 text varchar bpchar'::text), ('seconds'::text,'bigint integer smallint numeric real float8 interval text varchar bpchar'::text), ('time'::text,'timestamp timestamptz date text varchar bpchar'::text), ('clock'::text,'time timestamp text varchar bpchar'::text), ('flag'::text,'boolean integer bigint smallint numeric real float8 text varchar bpchar'::text), ('uuid'::text,'uuid text varchar bpchar'::text)) understood(reads_as, types)
     CROSS JOIN LATERAL string_to_table(understood.types, ' '::text) WITH ORDINALITY readable(type, place));

CREATE VIEW canon.record_sources AS
 SELECT 'module_ct_cabinet_leads'::text AS source_table,
    'lead_created_at::date'::text AS business_date_expr,
    'coalesce(created_at, lead_created_at)'::text AS ingestion_ts_expr,
    24 AS cadence_hours,
    true AS is_optional
UNION ALL
 SELECT 'module_ct_scouting_daily'::text AS source_table,
    'registration_date'::text AS business_date_expr,
    'created_at'::text AS ingestion_ts_expr,
    24 AS cadence_hours,
    false AS is_optional
UNION ALL
 SELECT 'module_ct_migrations'::text AS source_table,
    'coalesce(hire_date, created_at::date)'::text AS business_date_expr,
    'created_at'::text AS ingestion_ts_expr,
    24 AS cadence_hours,
    false AS is_optional;

CREATE VIEW canon.records_of_module_ct_cabinet_leads AS
 SELECT (
        CASE
            WHEN has_own_key THEN external_id
            ELSE id_text
        END)::character varying AS source_pk,
    id AS row_id,
    row_version,
    has_own_key,
    lead_day AS event_date,
    lead_time AS recorded_at,
    name,
    phone,
    NULL::text AS license,
    plate,
    car_model,
    NULL::character varying AS driver_id,
    NULL::integer AS scout_id,
    'cabinet'::text AS origin_tag,
    NULL::text AS acquisition_method,
    NULL::text AS scout_name,
    came_at_local,
    came_at,
    transaction_id,
    unreadable
   FROM ( SELECT source.row_version,
            source.transaction_id,
            source.id,
            source.id_text,
            source.external_id,
            source.lead_day,
            source.lead_time,
            source.name,
            source.phone,
            source.plate,
            source.car_model,
            source.came_at_local,
            source.came_at,
            source.unreadable,
            COALESCE((octet_length(source.external_id) <= 500), false) AS has_own_key
           FROM canon.read_module_ct_cabinet_leads() source(row_version, transaction_id, id, id_text, external_id, lead_day, lead_time, name, phone, plate, car_model, came_at_local, came_at, unreadable)) lead;

CREATE VIEW canon.records_of_module_ct_migrations AS
 SELECT (id_text)::character varying AS source_pk,
    id AS row_id,
    row_version,
    true AS has_own_key,
    COALESCE(hired_on, (created_local)::date) AS event_date,
    COALESCE((canon.plausible_date(hired_on))::timestamp without time zone, created_local) AS recorded_at,
    name,
    NULL::text AS phone,
    NULL::text AS license,
    NULL::text AS plate,
    NULL::text AS car_model,
    (driver_id)::character varying AS driver_id,
    scout_id,
    'fleet_migration'::text AS origin_tag,
    NULL::text AS acquisition_method,
    scout_name,
    came_at_local,
    came_at,
    transaction_id,
    unreadable
   FROM canon.read_module_ct_migrations() migration(row_version, transaction_id, id, id_text, driver_id, name, scout_id, scout_name, hired_on, created_local, came_at_local, came_at, unreadable);

CREATE VIEW canon.records_of_module_ct_scouting_daily AS
 SELECT (id_text)::character varying AS source_pk,
    id AS row_id,
    row_version,
    true AS has_own_key,
    registered_on AS event_date,
    (canon.plausible_date(registered_on))::timestamp without time zone AS recorded_at,
    name,
    phone,
    license,
    NULL::text AS plate,
    NULL::text AS car_model,
    NULL::character varying AS driver_id,
    scout_id,
    'cabinet'::text AS origin_tag,
    acquisition_method,
    NULL::text AS scout_name,
    came_at_local,
    came_at,
    transaction_id,
    unreadable
   FROM canon.read_module_ct_scouting_daily() scouting(row_version, transaction_id, id, id_text, registered_on, scout_id, name, phone, license, acquisition_method, came_at_local, came_at, unreadable);

CREATE UNLOGGED TABLE canon.records_this_run (
    source_table character varying NOT NULL,
    source_pk character varying NOT NULL
);

CREATE TABLE canon.replaced_records (
    source_table character varying NOT NULL,
    source_pk character varying NOT NULL,
    source_row_id bigint NOT NULL,
    row_version xid NOT NULL,
    digest uuid,
    event_date date,
    recorded_at timestamp with time zone,
    name_norm text,
    phone_norm text,
    license_norm text,
    plate_norm text,
    car_fingerprint text,
    driver_id character varying,
    scout_id integer,
    origin_tag text NOT NULL,
    payload jsonb NOT NULL,
    since timestamp with time zone NOT NULL,
    run_id integer NOT NULL
);

CREATE VIEW canon.replaced_record_candidates AS
 SELECT held.source_table,
    held.source_pk,
    COALESCE(candidates.found, '[]'::jsonb) AS candidates
   FROM (canon.replaced_records held
     CROSS JOIN LATERAL ( SELECT jsonb_agg(jsonb_strip_nulls(jsonb_build_object('driver_id', carrier.driver_id, 'person_key', link.person_key, 'rule', carrier.match_rule, 'score', rule.match_score, 'driver_name', carrier.full_name_norm, 'park_id', carrier.park_id)) ORDER BY rule.match_score DESC, carrier.driver_id) AS found
           FROM ((( SELECT DISTINCT ON (account.driver_id) account.match_rule,
                    account.driver_id,
                    account.full_name_norm,
                    account.park_id
                   FROM ( SELECT 'DRIVER_DIRECT'::text AS match_rule,
                            driver.driver_id,
                            driver.full_name_norm,
                            driver.park_id
                           FROM canon.drivers_index driver
                          WHERE ((driver.driver_id)::text = (held.driver_id)::text)
                        UNION ALL
                         SELECT 'R1_PHONE_EXACT'::text,
                            driver.driver_id,
                            driver.full_name_norm,
                            driver.park_id
                           FROM canon.drivers_index driver
                          WHERE ((driver.phone_norm)::text = held.phone_norm)
                        UNION ALL
                         SELECT 'R2_LICENSE_EXACT'::text,
                            driver.driver_id,
                            driver.full_name_norm,
                            driver.park_id
                           FROM canon.drivers_index driver
                          WHERE ((driver.license_norm)::text = held.license_norm)) account
                  ORDER BY account.driver_id, account.match_rule) carrier
             JOIN canon.match_rules rule ON ((rule.match_rule = carrier.match_rule)))
             LEFT JOIN canon.identity_links link ON ((((link.source_table)::text = 'drivers'::text) AND ((link.source_pk)::text = (carrier.driver_id)::text))))) candidates);

CREATE TABLE canon.source_bindings (
    table_name text NOT NULL,
    seen_identity text NOT NULL,
    seen_at timestamp with time zone NOT NULL,
    read_identity text,
    read_at timestamp with time zone
);

CREATE VIEW canon.replaced_sources AS
 SELECT table_name,
    read_at
   FROM canon.source_bindings bound
  WHERE (split_part(read_identity, ' '::text, 1) <> split_part(canon.source_identity(table_name), ' '::text, 1));

CREATE TABLE canon.review_cases (
    case_kind text NOT NULL,
    case_key text NOT NULL,
    person_key uuid,
    source_table text,
    source_pk text,
    payment_key text,
    reason_code text NOT NULL,
    since timestamp with time zone NOT NULL,
    probability double precision,
    amount numeric(12,2),
    currency text,
    scout_ids integer[] NOT NULL,
    park_id text,
    worth double precision GENERATED ALWAYS AS (((COALESCE(amount, (0)::numeric))::double precision * COALESCE(probability, (
CASE
    WHEN (case_kind = 'UNMATCHED'::text) THEN 0
    ELSE 1
END)::double precision))) STORED NOT NULL,
    CONSTRAINT review_cases_case_kind_check CHECK ((case_kind = ANY (ARRAY['CONFLICT'::text, 'UNMATCHED'::text, 'CONTESTED'::text, 'REPLACED'::text, 'UNEXPLAINED_PAYMENT'::text])))
);

CREATE VIEW canon.rule_outcomes AS
 SELECT decision.source_table,
    decision.source_pk,
    COALESCE(decision.reason_code,
        CASE
            WHEN (grouped.person_key IS NULL) THEN 'MULTIPLE_CANDIDATES'::text
            ELSE NULL::text
        END) AS reason_code,
    decision.match_rule,
    decision.match_score,
    decision.confidence_level,
    decision.account_group,
    decision.driver_id,
    decision.evidence,
    decision.candidates,
        CASE
            WHEN (decision.reason_code IS NULL) THEN grouped.person_key
            ELSE NULL::uuid
        END AS person_key,
        CASE
            WHEN (decision.reason_code IS NULL) THEN grouped.persons
            ELSE NULL::uuid[]
        END AS persons,
    ((decision.reason_code IS NULL) AND (grouped.person_key IS NULL)) AS is_split,
    decision.match_probability,
    decision.is_linked
   FROM (canon.decisions_this_run decision
     LEFT JOIN canon.account_group_persons_this_run grouped ON (((grouped.account_group)::text = (decision.account_group)::text)));

CREATE VIEW canon.source_scouts AS
 SELECT scout_id,
    raw_name,
    is_active,
    created_at,
    updated_at
   FROM canon.read_module_ct_scouts_list_current() scout(scout_id, raw_name, is_active, created_at, updated_at);

CREATE VIEW ops.v_dim_scouts AS
 SELECT scout_id,
    raw_name,
    (upper(btrim(regexp_replace((raw_name)::text, '\s+'::text, ' '::text, 'g'::text))))::character varying AS scout_name_normalized,
    is_active,
    created_at,
    updated_at
   FROM canon.source_scouts scout;

CREATE VIEW canon.scout_accounts AS
 SELECT scout.scout_id,
    account.driver_id,
    account.phone_norm
   FROM (( SELECT listed.scout_id,
            canon.normalise_name((listed.raw_name)::text) AS name
           FROM ops.v_dim_scouts listed) scout
     CROSS JOIN LATERAL ( SELECT (driver.driver_id)::text AS driver_id,
            (driver.phone_norm)::text AS phone_norm
           FROM canon.drivers_index driver
          WHERE ((canon.name_blocks((driver.full_name_norm)::text) @> ARRAY[(canon.name_blocks(scout.name))[1]]) AND (canon.name_key((driver.full_name_norm)::text) = canon.name_key(scout.name)))
         OFFSET 0) account);

CREATE TABLE canon.scout_payment_milestones (
    person_key uuid NOT NULL,
    rule_id integer NOT NULL,
    scout_id integer NOT NULL,
    origin_tag text NOT NULL,
    milestone_trips integer NOT NULL,
    driver_id text,
    currency text NOT NULL,
    amount numeric(12,2) NOT NULL,
    lead_date date NOT NULL,
    achieved_date date NOT NULL,
    payable_date date NOT NULL
);

CREATE TABLE ops.liquidation_periods (
    id integer NOT NULL,
    period_start date NOT NULL,
    period_end date NOT NULL,
    reason text NOT NULL,
    closed_by text NOT NULL,
    closed_at timestamp with time zone NOT NULL,
    CONSTRAINT liquidation_periods_check CHECK ((period_start <= period_end)),
    CONSTRAINT liquidation_periods_closed_by_check CHECK ((closed_by ~ '\S'::text)),
    CONSTRAINT liquidation_periods_reason_check CHECK ((reason ~ '\S'::text))
);

CREATE TABLE ops.scout_statement_lines (
    id bigint NOT NULL,
    statement_id bigint NOT NULL,
    kind text NOT NULL,
    reason_code text,
    corrects_line_id bigint,
    person_key uuid NOT NULL,
    rule_id integer NOT NULL,
    origin_tag text NOT NULL,
    milestone_trips integer NOT NULL,
    driver_id text,
    lead_date date NOT NULL,
    achieved_date date NOT NULL,
    payable_date date NOT NULL,
    amount numeric(12,2) NOT NULL,
    CONSTRAINT scout_statement_lines_check CHECK (((kind = 'CORRECTION'::text) = (reason_code IS NOT NULL))),
    CONSTRAINT scout_statement_lines_check1 CHECK (((kind = 'CORRECTION'::text) OR (corrects_line_id IS NULL))),
    CONSTRAINT scout_statement_lines_kind_check CHECK ((kind = ANY (ARRAY['EARNED'::text, 'CORRECTION'::text]))),
    CONSTRAINT scout_statement_lines_reason_code_check CHECK ((reason_code = ANY (ARRAY['LATE'::text, 'AMOUNT_CHANGED'::text, 'SCOUT_CHANGED'::text, 'NO_LONGER_DUE'::text, 'DUE_AGAIN'::text])))
);

CREATE TABLE ops.scout_statement_payments (
    id bigint NOT NULL,
    statement_id bigint NOT NULL,
    paid_on date NOT NULL,
    reference text NOT NULL,
    noted_by text NOT NULL,
    noted_at timestamp with time zone NOT NULL,
    CONSTRAINT scout_statement_payments_noted_by_check CHECK ((noted_by ~ '\S'::text)),
    CONSTRAINT scout_statement_payments_reference_check CHECK ((reference ~ '\S'::text))
);

CREATE TABLE ops.scout_statements (
    id bigint NOT NULL,
    period_id integer NOT NULL,
    scout_id integer NOT NULL,
    currency text NOT NULL,
    amount numeric(14,2) NOT NULL,
    line_count integer NOT NULL,
    correction_count integer NOT NULL
);

CREATE VIEW canon.scout_dues AS
 SELECT scout_id,
    currency,
    COALESCE(sum(earned), (0)::numeric) AS earned_amount,
    COALESCE(sum(stated), (0)::numeric) AS stated_amount,
    COALESCE(sum(paid), (0)::numeric) AS paid_amount,
    (COALESCE(sum(statements), (0)::numeric))::bigint AS statements,
    (COALESCE(sum(unpaid_statements), (0)::numeric))::bigint AS unpaid_statements
   FROM ( SELECT milestone.scout_id,
            milestone.currency,
            sum(milestone.amount) AS earned,
            NULL::numeric AS stated,
            NULL::numeric AS paid,
            NULL::bigint AS statements,
            NULL::bigint AS unpaid_statements
           FROM canon.scout_payment_milestones milestone
          WHERE ((milestone.payable_date <= ( SELECT today.today
                   FROM canon.local_today today)) AND ((milestone.payable_date >= COALESCE(( SELECT min(period.period_start) AS min
                   FROM ops.liquidation_periods period), milestone.payable_date)) OR (EXISTS ( SELECT 1
                   FROM ops.scout_statement_lines line
                  WHERE ((line.person_key = milestone.person_key) AND (line.rule_id = milestone.rule_id))))))
          GROUP BY milestone.scout_id, milestone.currency
        UNION ALL
         SELECT statement.scout_id,
            statement.currency,
            NULL::numeric,
            sum(statement.amount) AS sum,
            sum(statement.amount) FILTER (WHERE (payment.statement_id IS NOT NULL)) AS sum,
            count(*) AS count,
            count(*) FILTER (WHERE (payment.statement_id IS NULL)) AS count
           FROM (ops.scout_statements statement
             LEFT JOIN ops.scout_statement_payments payment ON ((payment.statement_id = statement.id)))
          GROUP BY statement.scout_id, statement.currency) part
  GROUP BY scout_id, currency;

CREATE TABLE canon.scout_payment_totals (
    scout_id integer,
    payment_status text NOT NULL,
    block_reason text,
    milestone_reached integer NOT NULL,
    origin_tag text,
    currency text,
    persons bigint NOT NULL,
    amount numeric NOT NULL
);

CREATE VIEW canon.scout_quality AS
 SELECT counted.scout_id,
    counted.records,
    COALESCE(contested.records, (0)::bigint) AS contested_records,
    COALESCE(undone.records, (0)::bigint) AS undone_records
   FROM ((( SELECT event.scout_id,
            count(*) AS records
           FROM observational.lead_events event
          WHERE (event.scout_id IS NOT NULL)
          GROUP BY event.scout_id) counted
     LEFT JOIN ( SELECT event.scout_id,
            count(*) AS records
           FROM (canon.identity_contested contested_1
             JOIN observational.lead_events event USING (source_table, source_pk))
          WHERE (event.scout_id IS NOT NULL)
          GROUP BY event.scout_id) contested ON ((contested.scout_id = counted.scout_id)))
     LEFT JOIN ( SELECT event.scout_id,
            count(*) AS records
           FROM ((( SELECT DISTINCT ON (decision.source_table, decision.source_pk) decision.source_table,
                    decision.source_pk,
                    COALESCE(alias.survivor_key, ((decision.before #>> '{link,person_key}'::text[]))::uuid) AS person_key
                   FROM (ops.human_decisions decision
                     LEFT JOIN canon.identity_aliases alias ON ((alias.person_key = ((decision.before #>> '{link,person_key}'::text[]))::uuid)))
                  WHERE ((decision.source_pk IS NOT NULL) AND ((decision.before #>> '{link,person_key}'::text[]) IS NOT NULL) AND ((decision.before #>> '{link,match_rule}'::text[]) IS DISTINCT FROM 'MANUAL'::text))
                  ORDER BY decision.source_table, decision.source_pk, decision.id DESC) decided
             JOIN observational.lead_events event USING (source_table, source_pk))
             LEFT JOIN canon.identity_links link USING (source_table, source_pk))
          WHERE ((event.scout_id IS NOT NULL) AND (link.person_key IS DISTINCT FROM decided.person_key))
          GROUP BY event.scout_id) undone ON ((undone.scout_id = counted.scout_id)));

CREATE TABLE canon.shared_values (
    kind text NOT NULL,
    value text NOT NULL,
    people integer NOT NULL,
    carriers integer NOT NULL,
    run_id integer NOT NULL,
    CONSTRAINT shared_values_kind_check CHECK ((kind = ANY (ARRAY['phone'::text, 'license'::text, 'plate'::text])))
);

CREATE UNLOGGED TABLE canon.source_chunk_digests (
    source_table character varying NOT NULL,
    chunk bigint NOT NULL,
    row_count bigint NOT NULL,
    digest bigint NOT NULL,
    is_read boolean NOT NULL
);

CREATE VIEW canon.source_columns AS
 SELECT required.table_name,
    columns.column_name,
    required.reads_as,
    required.is_required,
    ((1000 * required."position") + columns."position") AS place
   FROM ((unnest(ARRAY['module_ct_cabinet_leads|key|id'::text, 'module_ct_cabinet_leads|text|external_id park_phone asset_plate_number asset_model first_name middle_name'::text, 'module_ct_cabinet_leads|text|last_name'::text, 'module_ct_cabinet_leads|time|lead_created_at'::text, 'module_ct_cabinet_leads|time|?created_at'::text, 'module_ct_scouting_daily|key|id'::text, 'module_ct_scouting_daily|number|scout_id'::text, 'module_ct_scouting_daily|text|driver_name driver_phone driver_license acquisition_method'::text, 'module_ct_scouting_daily|time|registration_date created_at'::text, 'module_ct_migrations|key|id'::text, 'module_ct_migrations|text|driver_id driver_name scout_name'::text, 'module_ct_migrations|number|scout_id'::text, 'module_ct_migrations|time|hire_date created_at'::text, 'drivers|text|driver_id park_id phone license_number license_normalized_number full_name first_name middle_name'::text, 'drivers|text|last_name car_number car_normalized_number car_brand car_model'::text, 'drivers|time|hire_date created_at updated_at'::text, 'summary_daily|text|driver_id'::text, 'summary_daily|time|date_file'::text, 'summary_daily|number|count_orders_completed'::text, 'summary_daily|seconds|sum_work_time_seconds'::text, 'summary_daily|time|created_at'::text, 'module_ct_scouts_list|number|scout_id'::text, 'module_ct_scouts_list|text|raw_name name'::text, 'module_ct_scouts_list|flag|is_active'::text, 'module_ct_scouts_list|time|?created_at updated_at'::text, 'module_ct_cabinet_payments|number|id'::text, 'module_ct_cabinet_payments|time|date'::text, 'module_ct_cabinet_payments|clock|time'::text, 'module_ct_cabinet_payments|number|scout_id'::text, 'module_ct_cabinet_payments|text|driver'::text, 'module_ct_cabinet_payments|flag|trip_1 trip_5 trip_25'::text, 'module_ct_cabinet_payments|time|created_at'::text, 'module_ct_cabinet_payments|text|?driver_id'::text, 'module_ct_cabinet_payments|uuid|?person_key'::text, 'module_ct_scout_drivers|time|created_at updated_at'::text]) WITH ORDINALITY written(line, "position")
     CROSS JOIN LATERAL ( SELECT split_part(written.line, '|'::text, 1) AS table_name,
            split_part(written.line, '|'::text, 2) AS reads_as,
            (split_part(written.line, '|'::text, 3) !~ '^\?'::text) AS is_required,
            ltrim(split_part(written.line, '|'::text, 3), '?'::text) AS column_names,
            written."position") required)
     CROSS JOIN LATERAL string_to_table(required.column_names, ' '::text) WITH ORDINALITY columns(column_name, "position"));

CREATE VIEW canon.source_drivers AS
 SELECT (driver_id)::character varying AS driver_id,
    row_version,
    (park_id)::character varying AS park_id,
    phone,
    license_number,
    license_normalized_number,
    full_name,
    name_parts,
    car_number,
    car_normalized_number,
    car_brand,
    car_model,
    hire_date
   FROM canon.read_drivers() driver(row_version, transaction_id, driver_id, park_id, phone, license_number, license_normalized_number, full_name, name_parts, car_number, car_normalized_number, car_brand, car_model, hire_date, came_at_local, came_at)
  WHERE ((driver_id <> ''::text) AND (octet_length(driver_id) <= 500));

CREATE VIEW canon.source_records AS
 SELECT 'module_ct_cabinet_leads'::character varying AS source_table,
    record.source_pk,
    record.row_id,
    record.row_version,
    record.has_own_key,
    record.event_date,
    record.recorded_at,
    record.name,
    record.phone,
    record.license,
    record.plate,
    record.car_model,
    record.driver_id,
    record.scout_id,
    record.origin_tag,
    record.acquisition_method,
    record.scout_name,
    record.came_at_local,
    record.came_at,
    record.transaction_id,
    record.unreadable
   FROM (( VALUES (NULL::timestamp with time zone,NULL::xid,NULL::text[])) absent(came_at, transaction_id, unreadable)
     CROSS JOIN LATERAL ( SELECT source.source_pk,
            source.row_id,
            source.row_version,
            source.has_own_key,
            source.event_date,
            source.recorded_at,
            source.name,
            source.phone,
            source.license,
            source.plate,
            source.car_model,
            source.driver_id,
            source.scout_id,
            source.origin_tag,
            source.acquisition_method,
            source.scout_name,
            source.came_at_local,
            source.came_at,
            source.transaction_id,
            source.unreadable
           FROM canon.records_of_module_ct_cabinet_leads source) record)
UNION ALL
 SELECT 'module_ct_scouting_daily'::character varying AS source_table,
    record.source_pk,
    record.row_id,
    record.row_version,
    record.has_own_key,
    record.event_date,
    record.recorded_at,
    record.name,
    record.phone,
    record.license,
    record.plate,
    record.car_model,
    record.driver_id,
    record.scout_id,
    record.origin_tag,
    record.acquisition_method,
    record.scout_name,
    record.came_at_local,
    record.came_at,
    record.transaction_id,
    record.unreadable
   FROM (( VALUES (NULL::timestamp with time zone,NULL::xid,NULL::text[])) absent(came_at, transaction_id, unreadable)
     CROSS JOIN LATERAL ( SELECT source.source_pk,
            source.row_id,
            source.row_version,
            source.has_own_key,
            source.event_date,
            source.recorded_at,
            source.name,
            source.phone,
            source.license,
            source.plate,
            source.car_model,
            source.driver_id,
            source.scout_id,
            source.origin_tag,
            source.acquisition_method,
            source.scout_name,
            source.came_at_local,
            source.came_at,
            source.transaction_id,
            source.unreadable
           FROM canon.records_of_module_ct_scouting_daily source) record)
UNION ALL
 SELECT 'module_ct_migrations'::character varying AS source_table,
    record.source_pk,
    record.row_id,
    record.row_version,
    record.has_own_key,
    record.event_date,
    record.recorded_at,
    record.name,
    record.phone,
    record.license,
    record.plate,
    record.car_model,
    record.driver_id,
    record.scout_id,
    record.origin_tag,
    record.acquisition_method,
    record.scout_name,
    record.came_at_local,
    record.came_at,
    record.transaction_id,
    record.unreadable
   FROM (( VALUES (NULL::timestamp with time zone,NULL::xid,NULL::text[])) absent(came_at, transaction_id, unreadable)
     CROSS JOIN LATERAL ( SELECT source.source_pk,
            source.row_id,
            source.row_version,
            source.has_own_key,
            source.event_date,
            source.recorded_at,
            source.name,
            source.phone,
            source.license,
            source.plate,
            source.car_model,
            source.driver_id,
            source.scout_id,
            source.origin_tag,
            source.acquisition_method,
            source.scout_name,
            source.came_at_local,
            source.came_at,
            source.transaction_id,
            source.unreadable
           FROM canon.records_of_module_ct_migrations source) record);

CREATE VIEW canon.source_row_chunks AS
 SELECT record.source_table,
    canon.chunk_of_row(record.row_id) AS chunk,
    count(*) AS row_count,
    bit_xor(hashtextextended((record.row_version)::text, record.row_id)) AS digest
   FROM canon.source_records record
  GROUP BY record.source_table, (canon.chunk_of_row(record.row_id))
UNION ALL
 SELECT 'drivers'::character varying AS source_table,
    canon.chunk_of_account((driver.driver_id)::text) AS chunk,
    count(*) AS row_count,
    bit_xor(hashtextextended((driver.row_version)::text, hashtextextended((driver.driver_id)::text, (0)::bigint))) AS digest
   FROM canon.source_drivers driver
  GROUP BY (canon.chunk_of_account((driver.driver_id)::text));

CREATE VIEW canon.source_trip_versions AS
 SELECT (driver_id)::character varying AS driver_id,
    transaction_id AS row_version
   FROM canon.read_summary_daily() daily(transaction_id, row_place, driver_id, day_text, trips, work_seconds, loaded_at, came_at_local, came_at);

CREATE VIEW canon.v_persons AS
 SELECT person_key,
    created_at,
    updated_at,
    confidence_level,
    primary_phone,
    primary_license,
    primary_full_name
   FROM canon.identity_registry person;

CREATE VIEW canon.value_carriers AS
 SELECT 'phone'::text AS kind,
    (driver.phone_norm)::text AS value,
    'drivers'::text AS source_table,
    (driver.driver_id)::text AS source_pk,
    (driver.full_name_norm)::text AS name
   FROM canon.drivers_index driver
UNION ALL
 SELECT 'phone'::text AS kind,
    record.phone_norm AS value,
    (record.source_table)::text AS source_table,
    (record.source_pk)::text AS source_pk,
    record.name_norm AS name
   FROM canon.records_index record
UNION ALL
 SELECT 'license'::text AS kind,
    (driver.license_norm)::text AS value,
    'drivers'::text AS source_table,
    (driver.driver_id)::text AS source_pk,
    (driver.full_name_norm)::text AS name
   FROM canon.drivers_index driver
UNION ALL
 SELECT 'license'::text AS kind,
    record.license_norm AS value,
    (record.source_table)::text AS source_table,
    (record.source_pk)::text AS source_pk,
    record.name_norm AS name
   FROM canon.records_index record
UNION ALL
 SELECT 'plate'::text AS kind,
    (driver.plate_norm)::text AS value,
    'drivers'::text AS source_table,
    (driver.driver_id)::text AS source_pk,
    (driver.full_name_norm)::text AS name
   FROM canon.drivers_index driver
UNION ALL
 SELECT 'plate'::text AS kind,
    record.plate_norm AS value,
    (record.source_table)::text AS source_table,
    (record.source_pk)::text AS source_pk,
    record.name_norm AS name
   FROM canon.records_index record;

CREATE VIEW canon.watched_sources AS
 SELECT "*VALUES*".column1 AS source_name,
    "*VALUES*".column2 AS schema_name,
    "*VALUES*".column3 AS object_name,
    "*VALUES*".column4 AS source_type,
    "*VALUES*".column5 AS business_date_expr,
    "*VALUES*".column6 AS ingestion_ts_expr,
    "*VALUES*".column7 AS cadence_hours,
    "*VALUES*".column8 AS is_optional
   FROM (VALUES ('summary_daily'::text,'public'::text,'summary_daily'::text,'activity'::text,'date_file'::text,'created_at'::text,24,false), ('yango_payment_ledger'::text,'ops'::text,'yango_payment_status_ledger'::text,'ledger'::text,'pay_date'::text,'snapshot_at'::text,24,false), ('lead_events'::text,'observational'::text,'lead_events'::text,'ct_ingest'::text,'event_date'::text,'created_at'::text,24,false), ('module_ct_scout_drivers'::text,'public'::text,'module_ct_scout_drivers'::text,'ct_ingest'::text,NULL::text,'greatest(created_at, updated_at)'::text,24,true), ('module_ct_cabinet_payments'::text,'public'::text,'module_ct_cabinet_payments'::text,'ct_ingest'::text,'date'::text,'created_at'::text,24,false), ('drivers'::text,'public'::text,'drivers'::text,'master'::text,NULL::text,'greatest(created_at, updated_at)'::text,24,false), ('module_ct_scouts_list'::text,'public'::text,'module_ct_scouts_list'::text,'master'::text,NULL::text,'greatest(created_at, updated_at)'::text,720,true), ('ingestion_runs'::text,'ops'::text,'ingestion_runs'::text,'master'::text,'coalesce(scope_date_to, completed_at::date)'::text,'completed_at'::text,24,false)) "*VALUES*"
UNION ALL
 SELECT record.source_table AS source_name,
    'public'::text AS schema_name,
    record.source_table AS object_name,
    'ct_ingest'::text AS source_type,
    record.business_date_expr,
    record.ingestion_ts_expr,
    record.cadence_hours,
    record.is_optional
   FROM canon.record_sources record;

CREATE VIEW canon.weighed_levels AS
 WITH candidates AS (
         SELECT weighed.source_table,
            weighed.source_pk,
            weighed.account_group,
            weighed.driver_level,
            weighed.phone_level,
            weighed.license_level,
                CASE
                    WHEN (COALESCE(weighed.phone_level, ''::text) <> 'differs'::text) THEN weighed.plate_level
                    ELSE NULL::text
                END AS plate_level,
            weighed.car_level,
            weighed.hired_level,
                CASE
                    WHEN ((run.target_park_id IS NULL) OR (weighed.park_id IS NULL)) THEN NULL::text
                    WHEN weighed.is_in_target_park THEN 'target'::text
                    ELSE 'other'::text
                END AS park_level,
            (COALESCE((weighed.driver_level = 'equal'::text), false))::integer AS by_driver,
            (COALESCE((weighed.phone_level = 'equal'::text), false))::integer AS by_phone,
            (COALESCE((weighed.license_level = ANY (ARRAY['equal'::text, 'number'::text])), false))::integer AS by_license,
            (COALESCE((weighed.plate_level = 'equal'::text), false))::integer AS by_plate,
            weighed.probability AS same,
            (((1)::double precision - weighed.probability) * power((2)::double precision, (weighed.household_bits)::double precision)) AS stranger,
            (((1)::double precision - weighed.probability) * ((1)::double precision - power((2)::double precision, (weighed.household_bits)::double precision))) AS relative
           FROM ((canon.weighed_candidates_this_run weighed
             CROSS JOIN canon.batch_this_run batch)
             CROSS JOIN LATERAL ops.run_settings(batch.run_id) run(as_of, timezone, country, target_park_id, hot_value_people, scope_date_from, scope_date_to, source_tables, is_incremental, is_index_refreshed))
          WHERE (weighed.driver_id IS NOT NULL)
        )
 SELECT candidate.source_table,
    candidate.source_pk,
    candidate.account_group,
    compared.comparison,
    compared.level,
    ((((candidate.by_driver + candidate.by_phone) + candidate.by_license) + candidate.by_plate) > compared.by_itself) AS is_found_otherwise,
    candidate.same,
    candidate.stranger,
    candidate.relative
   FROM (candidates candidate
     CROSS JOIN LATERAL ( VALUES ('driver'::text,candidate.driver_level,candidate.by_driver), ('phone'::text,candidate.phone_level,candidate.by_phone), ('license'::text,candidate.license_level,candidate.by_license), ('plate'::text,candidate.plate_level,candidate.by_plate), ('car'::text,candidate.car_level,0), ('hired'::text,candidate.hired_level,0), ('park'::text,candidate.park_level,0)) compared(comparison, level, by_itself))
  WHERE (compared.level <> 'shared'::text);

CREATE VIEW canon.weighed_names AS
 SELECT weighed.source_table,
    weighed.source_pk,
    weighed.account_group,
    LEAST(weighed.record_name, weighed.driver_name) AS name_a,
    GREATEST(weighed.record_name, weighed.driver_name) AS name_b,
    weighed.probability AS same,
    (((1)::double precision - weighed.probability) * power((2)::double precision, (weighed.household_bits)::double precision)) AS stranger,
    (((1)::double precision - weighed.probability) * ((1)::double precision - power((2)::double precision, (weighed.household_bits)::double precision))) AS relative
   FROM (canon.weighed_candidates_this_run weighed
     JOIN canon.match_rules rule ON ((rule."position" = weighed.rule_position)))
  WHERE ((weighed.driver_id IS NOT NULL) AND (weighed.record_name IS NOT NULL) AND (weighed.driver_name IS NOT NULL) AND (NOT rule.is_by_name));

ALTER TABLE canon.weights_versions ALTER COLUMN version ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME canon.weights_versions_version_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE SEQUENCE observational.lead_events_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE observational.lead_events_id_seq OWNED BY observational.lead_events.id;

CREATE SEQUENCE observational.scouting_match_candidates_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE observational.scouting_match_candidates_id_seq OWNED BY observational.scouting_match_candidates.id;

CREATE VIEW observational.v_conversion_metrics AS
 SELECT person_key,
    origin_tag,
    lead_date,
    scout_id,
    driver_id,
    hire_date,
    first_connection_date,
    first_trip_date,
    trip_1_date,
    trip_5_date,
    trip_25_date,
    time_to_connection_days,
    time_to_1_days,
    time_to_5_days,
    time_to_25_days,
    trips_7d,
    trips_14d,
    trips_30d
   FROM canon.lead_conversions;

CREATE TABLE ops.alert_deliveries (
    id bigint NOT NULL,
    episode_id bigint NOT NULL,
    message integer NOT NULL,
    channel text NOT NULL,
    kind text NOT NULL,
    message_id text NOT NULL,
    facts jsonb NOT NULL,
    status text DEFAULT 'PENDING'::text NOT NULL,
    queued_at timestamp with time zone NOT NULL,
    attempts integer DEFAULT 0 NOT NULL,
    last_attempt_at timestamp with time zone,
    next_attempt_at timestamp with time zone NOT NULL,
    last_error text,
    sent_at timestamp with time zone,
    recipients text[],
    CONSTRAINT alert_deliveries_channel_check CHECK ((channel = ANY (ARRAY['mail'::text, 'slack'::text, 'notify'::text]))),
    CONSTRAINT alert_deliveries_kind_check CHECK ((kind = ANY (ARRAY['OPENED'::text, 'ESCALATED'::text, 'EXTENDED'::text, 'REPEATED'::text, 'CLOSED'::text]))),
    CONSTRAINT alert_deliveries_recipients_check CHECK ((cardinality(recipients) > 0)),
    CONSTRAINT alert_deliveries_status_check CHECK ((status = ANY (ARRAY['PENDING'::text, 'SENT'::text, 'GIVEN_UP'::text])))
);

ALTER TABLE ops.alert_deliveries ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME ops.alert_deliveries_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE ops.alert_episodes (
    id bigint NOT NULL,
    cause text NOT NULL,
    severity text NOT NULL,
    worst_severity text NOT NULL,
    opened_at timestamp with time zone NOT NULL,
    closed_at timestamp with time zone,
    problems jsonb NOT NULL,
    notified jsonb DEFAULT '{}'::jsonb NOT NULL,
    notified_states jsonb DEFAULT '{}'::jsonb NOT NULL,
    messages integer DEFAULT 0 NOT NULL,
    last_message_at timestamp with time zone,
    acknowledged_at timestamp with time zone,
    acknowledged_by text,
    acknowledge_reason text,
    heals jsonb DEFAULT '{}'::jsonb NOT NULL,
    CONSTRAINT alert_episodes_check CHECK ((closed_at >= opened_at)),
    CONSTRAINT alert_episodes_check1 CHECK (((acknowledged_at IS NULL) = (acknowledged_by IS NULL))),
    CONSTRAINT alert_episodes_severity_check CHECK ((severity = ANY (ARRAY['YELLOW'::text, 'RED'::text]))),
    CONSTRAINT alert_episodes_worst_severity_check CHECK ((worst_severity = ANY (ARRAY['YELLOW'::text, 'RED'::text])))
);

ALTER TABLE ops.alert_episodes ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME ops.alert_episodes_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE ops.alert_mutes (
    id bigint NOT NULL,
    target text NOT NULL,
    reason text NOT NULL,
    muted_by text NOT NULL,
    muted_at timestamp with time zone NOT NULL,
    muted_until timestamp with time zone NOT NULL,
    ended_at timestamp with time zone,
    ended_by text,
    episode_id bigint,
    states jsonb,
    CONSTRAINT alert_mutes_check CHECK ((muted_until > muted_at)),
    CONSTRAINT alert_mutes_muted_by_check CHECK ((muted_by ~ '\S'::text)),
    CONSTRAINT alert_mutes_reason_check CHECK ((reason ~ '\S'::text))
);

ALTER TABLE ops.alert_mutes ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME ops.alert_mutes_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE ops.alerts (
    id integer NOT NULL,
    alert_type character varying NOT NULL,
    severity public.alertseverity NOT NULL,
    week_label character varying NOT NULL,
    message text NOT NULL,
    details jsonb,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    acknowledged_at timestamp with time zone,
    run_id integer
);

CREATE SEQUENCE ops.alerts_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE ops.alerts_id_seq OWNED BY ops.alerts.id;

CREATE TABLE ops.audit_chain (
    "position" bigint NOT NULL,
    run_id integer NOT NULL,
    part text NOT NULL,
    audit_rows bigint NOT NULL,
    previous_hash bytea NOT NULL,
    hash bytea NOT NULL,
    sealed_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    covers jsonb,
    CONSTRAINT audit_chain_check CHECK (((part = ANY (ARRAY['backfills'::text, 'states'::text, 'decisions'::text])) AND ((part = 'decisions'::text) = (covers IS NOT NULL))))
);

ALTER TABLE ops.audit_chain ALTER COLUMN "position" ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME ops.audit_chain_position_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE VIEW ops.audit_links AS
 SELECT chain."position",
    chain.run_id,
    chain.part,
    chain.audit_rows,
    chain.previous_hash,
    chain.hash,
    chain.covers,
    chain.sealed_at,
    (chain.previous_hash = COALESCE(lag(chain.hash) OVER (ORDER BY chain."position"), '\x'::bytea)) AS is_in_its_place
   FROM ops.audit_chain chain
UNION ALL
 SELECT NULL::bigint AS "position",
    run.id AS run_id,
    'backfills'::text AS part,
    NULL::bigint AS audit_rows,
    NULL::bytea AS previous_hash,
    NULL::bytea AS hash,
    NULL::jsonb AS covers,
    NULL::timestamp with time zone AS sealed_at,
    false AS is_in_its_place
   FROM ops.ingestion_runs run
  WHERE (((run.job_type)::text = 'scout_attribution_refresh'::text) AND (run.status = 'COMPLETED'::public.runstatus) AND (run.parameters IS NOT NULL) AND (NOT (EXISTS ( SELECT 1
           FROM ops.audit_chain chain
          WHERE ((chain.run_id = run.id) AND (chain.part = 'backfills'::text))))));

CREATE TABLE ops.identity_links_backfill_audit (
    id integer NOT NULL,
    source_table text NOT NULL,
    source_pk text NOT NULL,
    person_key uuid,
    driver_id text,
    match_method text NOT NULL,
    match_confidence text NOT NULL,
    match_score integer,
    evidence_json jsonb,
    action_type text NOT NULL,
    error_message text,
    backfill_timestamp timestamp with time zone DEFAULT now(),
    ingestion_run_id integer,
    notes text
);

CREATE TABLE ops.job_runs_audit (
    id bigint NOT NULL,
    run_id integer NOT NULL,
    job_type text,
    status_old text,
    status_new text NOT NULL,
    error_message text,
    dag_id text,
    dag_run_id text,
    changed_by text DEFAULT SESSION_USER NOT NULL,
    changed_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL
);

CREATE TABLE ops.lead_events_scout_backfill_audit (
    id integer NOT NULL,
    source_table text NOT NULL,
    source_pk text NOT NULL,
    person_key uuid,
    old_scout_id integer,
    new_scout_id integer,
    mapping_method text NOT NULL,
    mapping_confidence text NOT NULL,
    evidence_json jsonb,
    action_type text NOT NULL,
    error_message text,
    backfill_timestamp timestamp with time zone DEFAULT now(),
    ingestion_run_id integer,
    notes text
);

CREATE TABLE ops.lead_ledger_scout_backfill_audit (
    id integer NOT NULL,
    person_key uuid NOT NULL,
    old_attributed_scout_id integer,
    new_attributed_scout_id integer,
    attribution_rule_old text,
    attribution_rule_new text,
    attribution_confidence_old text,
    attribution_confidence_new text,
    attribution_source text,
    evidence_json_old jsonb,
    evidence_json_new jsonb,
    backfill_method text NOT NULL,
    backfill_timestamp timestamp with time zone DEFAULT now(),
    ingestion_run_id integer,
    notes text
);

CREATE VIEW ops.audited_runs AS
 WITH RECURSIVE named AS (
         SELECT first.table_name,
            first.run_id
           FROM ( SELECT 'identity_links_backfill_audit'::text AS table_name,
                    min(audit.ingestion_run_id) AS run_id
                   FROM ops.identity_links_backfill_audit audit
                UNION ALL
                 SELECT 'lead_events_scout_backfill_audit'::text,
                    min(audit.ingestion_run_id) AS min
                   FROM ops.lead_events_scout_backfill_audit audit
                UNION ALL
                 SELECT 'lead_ledger_scout_backfill_audit'::text,
                    min(audit.ingestion_run_id) AS min
                   FROM ops.lead_ledger_scout_backfill_audit audit
                UNION ALL
                 SELECT 'job_runs_audit'::text,
                    min(audit.run_id) AS min
                   FROM ops.job_runs_audit audit) first
        UNION ALL
         SELECT named_1.table_name,
                CASE named_1.table_name
                    WHEN 'identity_links_backfill_audit'::text THEN ( SELECT min(audit.ingestion_run_id) AS min
                       FROM ops.identity_links_backfill_audit audit
                      WHERE (audit.ingestion_run_id > named_1.run_id))
                    WHEN 'lead_events_scout_backfill_audit'::text THEN ( SELECT min(audit.ingestion_run_id) AS min
                       FROM ops.lead_events_scout_backfill_audit audit
                      WHERE (audit.ingestion_run_id > named_1.run_id))
                    WHEN 'lead_ledger_scout_backfill_audit'::text THEN ( SELECT min(audit.ingestion_run_id) AS min
                       FROM ops.lead_ledger_scout_backfill_audit audit
                      WHERE (audit.ingestion_run_id > named_1.run_id))
                    ELSE ( SELECT min(audit.run_id) AS min
                       FROM ops.job_runs_audit audit
                      WHERE (audit.run_id > named_1.run_id))
                END AS min
           FROM named named_1
          WHERE (named_1.run_id IS NOT NULL)
        )
 SELECT table_name,
    run_id
   FROM named
  WHERE (run_id IS NOT NULL);

CREATE TABLE ops.earlier_audit_runs (
    run_id integer NOT NULL
);

CREATE TABLE ops.personal_data_access (
    id bigint NOT NULL,
    action text NOT NULL,
    person_key uuid,
    subject text,
    is_unmasked boolean NOT NULL,
    seen_by text NOT NULL,
    seen_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT personal_data_access_action_check CHECK ((action = ANY (ARRAY['person'::text, 'search'::text, 'export'::text]))),
    CONSTRAINT personal_data_access_seen_by_check CHECK ((seen_by ~ '\S'::text))
);

CREATE VIEW ops.audit_strays AS
 SELECT 'UNKNOWN_RUN'::text AS fault,
    audited.table_name,
    NULL::bigint AS id,
    audited.run_id,
    NULL::bigint AS "position"
   FROM ops.audited_runs audited
  WHERE ((NOT (EXISTS ( SELECT 1
           FROM ops.ingestion_runs run
          WHERE (run.id = audited.run_id)))) AND (NOT (EXISTS ( SELECT 1
           FROM ops.earlier_audit_runs earlier
          WHERE (earlier.run_id = audited.run_id)))))
UNION ALL
 SELECT 'NUMBER_BELOW_ONE'::text AS fault,
    below.table_name,
    below.id,
    NULL::integer AS run_id,
    NULL::bigint AS "position"
   FROM ( SELECT 'human_decisions'::text AS table_name,
            sealed.id
           FROM ops.human_decisions sealed
          WHERE (sealed.id < 1)
        UNION ALL
         SELECT 'identity_links_backfill_audit'::text,
            sealed.id
           FROM ops.identity_links_backfill_audit sealed
          WHERE ((sealed.id < 1) AND (sealed.ingestion_run_id IS NULL))
        UNION ALL
         SELECT 'lead_events_scout_backfill_audit'::text,
            sealed.id
           FROM ops.lead_events_scout_backfill_audit sealed
          WHERE ((sealed.id < 1) AND (sealed.ingestion_run_id IS NULL))
        UNION ALL
         SELECT 'lead_ledger_scout_backfill_audit'::text,
            sealed.id
           FROM ops.lead_ledger_scout_backfill_audit sealed
          WHERE ((sealed.id < 1) AND (sealed.ingestion_run_id IS NULL))
        UNION ALL
         SELECT 'liquidation_periods'::text,
            sealed.id
           FROM ops.liquidation_periods sealed
          WHERE (sealed.id < 1)
        UNION ALL
         SELECT 'scout_statements'::text,
            sealed.id
           FROM ops.scout_statements sealed
          WHERE (sealed.id < 1)
        UNION ALL
         SELECT 'scout_statement_lines'::text,
            sealed.id
           FROM ops.scout_statement_lines sealed
          WHERE (sealed.id < 1)
        UNION ALL
         SELECT 'scout_statement_payments'::text,
            sealed.id
           FROM ops.scout_statement_payments sealed
          WHERE (sealed.id < 1)
        UNION ALL
         SELECT 'personal_data_access'::text,
            sealed.id
           FROM ops.personal_data_access sealed
          WHERE (sealed.id < 1)) below
UNION ALL
 SELECT 'DECISION_MISDATED'::text AS fault,
    'human_decisions'::text AS table_name,
    decision.id,
    NULL::integer AS run_id,
    NULL::bigint AS "position"
   FROM ops.human_decisions decision
  WHERE ((decision.decided_at < (decision.written_at - '01:00:00'::interval)) OR (decision.decided_at > (decision.written_at + '01:00:00'::interval)))
UNION ALL
 SELECT 'SENT_HASH_MISSING'::text AS fault,
    'alert_deliveries'::text AS table_name,
    delivery.id,
    NULL::integer AS run_id,
    (((delivery.facts -> 'seal'::text) ->> 'position'::text))::bigint AS "position"
   FROM ops.alert_deliveries delivery
  WHERE ((((delivery.facts -> 'seal'::text) ->> 'hash'::text) IS NOT NULL) AND (NOT (EXISTS ( SELECT 1
           FROM ops.audit_chain link
          WHERE ((link."position" = (((delivery.facts -> 'seal'::text) ->> 'position'::text))::bigint) AND (encode(link.hash, 'hex'::text) = ((delivery.facts -> 'seal'::text) ->> 'hash'::text)))))));

CREATE TABLE ops.audit_verifications (
    id bigint NOT NULL,
    run_id integer,
    up_to_position bigint NOT NULL,
    is_full boolean NOT NULL,
    verified_at timestamp with time zone NOT NULL
);

CREATE VIEW ops.audit_verification_due AS
 SELECT COALESCE(max(up_to_position), (0)::bigint) AS "position",
    (COALESCE(max(verified_at) FILTER (WHERE is_full), '-infinity'::timestamp with time zone) <= (now() - '20:00:00'::interval)) AS is_full_due
   FROM ops.audit_verifications verification
  WHERE ((verified_at <= clock_timestamp()) AND (up_to_position <= ( SELECT COALESCE(max(link."position"), (0)::bigint) AS "coalesce"
           FROM ops.audit_chain link)));

ALTER TABLE ops.audit_verifications ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME ops.audit_verifications_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE ops.check_results (
    id bigint NOT NULL,
    run_id integer,
    check_name text NOT NULL,
    checked_at timestamp with time zone NOT NULL,
    status text NOT NULL,
    offenders bigint,
    sample jsonb,
    error text,
    seconds numeric(12,3) NOT NULL,
    is_retryable boolean DEFAULT false NOT NULL,
    writes_seen text,
    is_full boolean DEFAULT true NOT NULL,
    CONSTRAINT check_results_status_check CHECK ((status = ANY (ARRAY['OK'::text, 'FAILED'::text, 'CHECK_FAILED'::text])))
);

ALTER TABLE ops.check_results ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME ops.check_results_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE ops.check_state_changes (
    id bigint NOT NULL,
    check_name text NOT NULL,
    severity_old text,
    state_old text,
    severity_new text NOT NULL,
    state_new text NOT NULL,
    value jsonb NOT NULL,
    changed_at timestamp with time zone NOT NULL
);

ALTER TABLE ops.check_state_changes ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME ops.check_state_changes_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE ops.check_states (
    check_name text NOT NULL,
    subject text NOT NULL,
    cause text NOT NULL,
    severity text NOT NULL,
    state text NOT NULL,
    value jsonb DEFAULT '{}'::jsonb NOT NULL,
    limit_value jsonb DEFAULT '{}'::jsonb NOT NULL,
    details jsonb DEFAULT '{}'::jsonb NOT NULL,
    since timestamp with time zone NOT NULL,
    checked_at timestamp with time zone NOT NULL,
    CONSTRAINT check_states_severity_check CHECK ((severity = ANY (ARRAY['OK'::text, 'YELLOW'::text, 'RED'::text, 'UNKNOWN'::text])))
);

CREATE TABLE ops.claim_changes (
    id bigint NOT NULL,
    changed_at timestamp with time zone NOT NULL,
    run_id integer,
    change text NOT NULL,
    reason_code text NOT NULL,
    milestone_value integer NOT NULL,
    was_person_key uuid,
    was_driver_id text,
    was_lead_date date,
    was_amount numeric(12,2),
    was_currency text,
    was_payment_status text,
    is_person_key uuid,
    is_driver_id text,
    is_lead_date date,
    is_amount numeric(12,2),
    is_currency text,
    is_payment_status text,
    lost_payment_keys text[],
    CONSTRAINT claim_changes_change_check CHECK ((change = ANY (ARRAY['APPEARED'::text, 'CHANGED'::text, 'DISAPPEARED'::text])))
);

ALTER TABLE ops.claim_changes ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME ops.claim_changes_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE ops.control_tower_schema_version (
    version_num character varying(32) NOT NULL
);

COMMENT ON TABLE ops.control_tower_schema_version IS 'Prepared by Control Tower 0.1.0';

CREATE TABLE ops.dag_observations (
    dag_id text NOT NULL,
    is_paused boolean,
    has_import_error boolean,
    import_error text,
    observed_at timestamp with time zone NOT NULL
);

CREATE TABLE ops.deferred_indexes (
    table_name text NOT NULL,
    definition text NOT NULL
);

CREATE VIEW ops.dim_alert_causes AS
 SELECT code AS cause,
    label_es,
    label_en
   FROM canon.labels label
  WHERE (code_group = 'cause'::text);

CREATE VIEW ops.dim_audit_actions AS
 SELECT code AS action_type,
    label_es,
    label_en
   FROM canon.labels label
  WHERE (code_group = 'audit_action'::text);

CREATE VIEW ops.dim_audit_methods AS
 SELECT code AS method,
    label_es,
    label_en
   FROM canon.labels label
  WHERE (code_group = 'audit_method'::text);

CREATE VIEW ops.dim_backlog_categories AS
 SELECT label.code AS category,
    label.label_es,
    label.label_en,
    explanation.label_es AS explanation_es,
    explanation.label_en AS explanation_en
   FROM (canon.labels label
     LEFT JOIN canon.labels explanation ON (((explanation.code = label.code) AND (explanation.code_group = 'category.explanation'::text))))
  WHERE (label.code_group = 'category'::text);

CREATE VIEW ops.dim_block_reasons AS
 SELECT code AS block_reason,
    label_es,
    label_en
   FROM canon.labels label
  WHERE (code_group = 'block'::text);

CREATE VIEW ops.dim_claim_changes AS
 SELECT code AS reason_code,
    label_es,
    label_en
   FROM canon.labels label
  WHERE (code_group = 'claim_change'::text);

CREATE VIEW ops.dim_claim_reasons AS
 SELECT code AS reason_code,
    label_es,
    label_en
   FROM canon.labels label
  WHERE (code_group = 'claim_reason'::text);

CREATE VIEW ops.dim_confidence_levels AS
 SELECT code AS confidence_level,
    label_es,
    label_en
   FROM canon.labels label
  WHERE (code_group = 'confidence'::text);

CREATE VIEW ops.dim_conflict_reasons AS
 SELECT code AS conflict_reason,
    label_es,
    label_en
   FROM canon.labels label
  WHERE (code_group = 'conflict_reason'::text);

CREATE VIEW ops.dim_correction_reasons AS
 SELECT code AS reason_code,
    label_es,
    label_en
   FROM canon.labels label
  WHERE (code_group = 'correction'::text);

CREATE VIEW ops.dim_decision_kinds AS
 SELECT code AS kind,
    label_es,
    label_en
   FROM canon.labels label
  WHERE (code_group = 'decision_kind'::text);

CREATE VIEW ops.dim_decision_statuses AS
 SELECT code AS decision_status,
    label_es,
    label_en
   FROM canon.labels label
  WHERE (code_group = 'decision'::text);

CREATE VIEW ops.dim_jobs AS
 SELECT code AS job_type,
    label_es,
    label_en
   FROM canon.labels label
  WHERE (code_group = 'job'::text);

CREATE VIEW ops.dim_ledger_rules AS
 SELECT code AS attribution_rule,
    label_es,
    label_en
   FROM canon.labels label
  WHERE (code_group = 'ledger_rule'::text);

CREATE VIEW ops.dim_match_rules AS
 SELECT label.code AS match_rule,
    label.label_es,
    label.label_en,
    rule."position" AS rule_position,
    rule.match_score,
    (rule.confidence_level)::text AS confidence_level
   FROM (canon.labels label
     LEFT JOIN canon.match_rules rule ON ((rule.match_rule = label.code)))
  WHERE (label.code_group = 'rule'::text);

CREATE VIEW ops.dim_payment_statuses AS
 SELECT code AS payment_status,
    label_es,
    label_en
   FROM canon.labels label
  WHERE (code_group = 'liquidation'::text);

CREATE VIEW ops.dim_quality_reasons AS
 SELECT code AS reason,
    label_es,
    label_en
   FROM canon.labels label
  WHERE (code_group = 'quality_reason'::text);

CREATE VIEW ops.dim_reasons AS
 SELECT label.code AS reason_code,
    label.label_es,
    label.label_en,
    explanation.label_es AS explanation_es,
    explanation.label_en AS explanation_en
   FROM (canon.labels label
     LEFT JOIN canon.labels explanation ON (((explanation.code = label.code) AND (explanation.code_group = 'reason.explanation'::text))))
  WHERE (label.code_group = 'reason'::text);

CREATE VIEW ops.dim_record_statuses AS
 SELECT code AS status,
    label_es,
    label_en
   FROM canon.labels label
  WHERE (code_group = 'unmatched_status'::text);

CREATE VIEW ops.dim_run_statuses AS
 SELECT code AS status,
    label_es,
    label_en
   FROM canon.labels label
  WHERE (code_group = 'run_status'::text);

CREATE VIEW ops.dim_scout_signals AS
 SELECT code AS signal,
    label_es,
    label_en
   FROM canon.labels label
  WHERE (code_group = 'scout_signal'::text);

CREATE VIEW ops.dim_severities AS
 SELECT code AS severity,
    label_es,
    label_en
   FROM canon.labels label
  WHERE (code_group = 'severity'::text);

CREATE VIEW ops.dim_sources AS
 SELECT code AS source_table,
    label_es,
    label_en
   FROM canon.labels label
  WHERE (code_group = 'source'::text);

CREATE VIEW ops.dim_statement_line_kinds AS
 SELECT code AS kind,
    label_es,
    label_en
   FROM canon.labels label
  WHERE (code_group = 'line_kind'::text);

CREATE VIEW ops.dim_states AS
 WITH listed(check_group, state) AS (
         VALUES ('pipeline'::text,'RED_NO_INGESTION'::text), ('pipeline'::text,'RED_NO_ATTRIBUTION'::text), ('pipeline'::text,'RED_INGESTION_STALE'::text), ('pipeline'::text,'RED_ATTRIBUTION_STALE'::text), ('pipeline'::text,'RED_RUN_FAILED'::text), ('pipeline'::text,'YELLOW_INGESTION_STALE'::text), ('pipeline'::text,'YELLOW_ATTRIBUTION_STALE'::text), ('pipeline'::text,'YELLOW_RUN_STUCK'::text), ('pipeline'::text,'YELLOW_DAG_PAUSED'::text), ('pipeline'::text,'YELLOW_NO_NEW_DATA'::text), ('source'::text,'RED_SOURCE_REPLACED'::text), ('source'::text,'RED_SOURCE_EMPTIED'::text), ('source'::text,'RED_NO_DATA'::text), ('source'::text,'RED_NO_INGESTION_2D'::text), ('source'::text,'RED_INGESTION_STALE'::text), ('source'::text,'YELLOW_VOLUME_DROP'::text), ('source'::text,'YELLOW_STAMPS_AHEAD'::text), ('source'::text,'YELLOW_INGESTION_1D'::text), ('source'::text,'YELLOW_BUSINESS_LAG'::text), ('quality'::text,'RED_ATTRIBUTION_QUALITY'::text), ('quality'::text,'YELLOW_ATTRIBUTION_QUALITY'::text), ('quality'::text,'RED_ATTRIBUTION_JOB'::text), ('quality'::text,'YELLOW_ATTRIBUTION_JOB'::text), ('payments'::text,'YELLOW_PAYMENTS_UNEXPLAINED'::text), ('invariant'::text,'RED_INVARIANT_BROKEN'::text), ('dag'::text,'RED_DAG_IMPORT_ERROR'::text), ('channel'::text,'RED_DELIVERY_FAILING'::text), ('channel'::text,'YELLOW_DELIVERY_FAILING'::text), ('health'::text,'RED_NO_CHECKS'::text), ('health'::text,'RED_CHECKS_STALE'::text), ('health'::text,'YELLOW_CHECKS_STALE'::text), ('health'::text,'YELLOW_CHECKS_INTERRUPTED'::text), ('health'::text,'YELLOW_VERSIONS_DIFFER'::text), ('health'::text,'RED_DATABASE_UNREACHABLE'::text), ('health'::text,'RED_CHECKS_IMPOSSIBLE'::text), ('health'::text,'YELLOW_CHECKS_IMPOSSIBLE'::text), ('source'::text,'CHECK_FAILED'::text), ('invariant'::text,'CHECK_FAILED'::text), ('probe'::text,'CHECK_FAILED'::text), ('invariant'::text,'NEVER_CHECKED'::text), ('dag'::text,'DAG_UNKNOWN'::text), ('channel'::text,'NOT_CONFIGURED'::text), ('source'::text,'UNKNOWN'::text), ('source'::text,'GREEN_OK'::text)
        ), every_state AS (
         SELECT listed.check_group,
            listed.state,
            regexp_replace(listed.state, '^(RED|YELLOW|GREEN)_'::text, ''::text) AS fault
           FROM listed
        UNION ALL
         SELECT check_groups.check_group,
            'OK'::text,
            'OK'::text
           FROM ( SELECT DISTINCT named.check_group
                   FROM listed named) check_groups
        )
 SELECT every_state.check_group,
    every_state.state,
        CASE
            WHEN (every_state.fault = 'OK'::text) THEN 'OK'::text
            ELSE COALESCE("substring"(every_state.state, '^(RED|YELLOW)_'::text), 'UNKNOWN'::text)
        END AS severity,
    replace(COALESCE(own.label_es, shared.label_es, plain.label_es), '{name}'::text, '…'::text) AS label_es,
    replace(COALESCE(own.label_en, shared.label_en, plain.label_en), '{name}'::text, '…'::text) AS label_en,
    replace(COALESCE(own_action.label_es, action.label_es), '{name}'::text, '…'::text) AS action_es,
    replace(COALESCE(own_action.label_en, action.label_en), '{name}'::text, '…'::text) AS action_en
   FROM (((((every_state
     LEFT JOIN canon.labels own ON (((own.code_group = 'state.title'::text) AND (own.code = ((every_state.check_group || '.'::text) || every_state.fault)))))
     LEFT JOIN canon.labels shared ON (((shared.code_group = 'state.title'::text) AND (shared.code = every_state.fault))))
     LEFT JOIN canon.labels plain ON (((plain.code_group = 'state'::text) AND (plain.code = every_state.fault))))
     LEFT JOIN canon.labels own_action ON (((own_action.code_group = 'state.action'::text) AND (own_action.code = ((every_state.check_group || '.'::text) || every_state.fault)))))
     LEFT JOIN canon.labels action ON (((action.code_group = 'state.action'::text) AND (action.code = every_state.fault))));

CREATE TABLE ops.earlier_ledger_rows (
    person_key uuid NOT NULL,
    attributed_scout_id integer,
    attribution_rule character varying
);

CREATE VIEW ops.role_functions AS
 SELECT oid AS function_id,
    ((oid)::regprocedure)::text AS name,
    (provolatile = 'v'::"char") AS is_writing,
    ((prorettype = ('trigger'::regtype)::oid) OR (proname = 'seal_decisions'::name)) AS is_internal
   FROM pg_proc routine
  WHERE ((((pronamespace)::regnamespace)::text = ANY (ARRAY['canon'::text, 'observational'::text, 'ops'::text])) AND (prokind = 'f'::"char"));

CREATE VIEW ops.role_relations AS
 SELECT relation.oid AS relation_id,
    relation.relname AS relation_name,
    relation.relkind AS kind,
    relation.relpersistence AS persistence,
    format('%I.%I'::text, schema.nspname, relation.relname) AS name,
    (relation.oid IN ( SELECT guard.tgrelid
           FROM pg_trigger guard
          WHERE (guard.tgname = 'append_only'::name))) AS is_append_only,
    ((schema.nspname = 'ops'::name) AND (relation.relname = ANY (ARRAY['audit_chain'::text, 'audit_verifications'::text, 'job_runs_audit'::text, 'control_tower_schema_version'::text, 'earlier_audit_runs'::text, 'earlier_ledger_rows'::text, 'deferred_indexes'::text]))) AS is_read_only,
    ARRAY( SELECT (attribute.attname)::text AS attname
           FROM pg_attribute attribute
          WHERE ((attribute.attrelid = relation.oid) AND (attribute.attnum > 0) AND (NOT attribute.attisdropped) AND (attribute.attname <> ALL (ARRAY['id'::text, 'seen_at'::text, 'written_by'::text, 'written_at'::text])))
          ORDER BY attribute.attnum) AS writable_columns
   FROM (pg_class relation
     JOIN pg_namespace schema ON ((schema.oid = relation.relnamespace)))
  WHERE (schema.nspname = ANY (ARRAY['canon'::name, 'observational'::name, 'ops'::name]));

CREATE VIEW ops.excess_rights AS
 WITH roles AS (
         SELECT found.rolname AS role_name,
            found.oid AS role_id,
            (found.rolname = 'control_tower_writer'::name) AS is_writer
           FROM pg_roles found
          WHERE (found.rolname = ANY (ARRAY['control_tower_reader'::name, 'control_tower_writer'::name]))
        )
 SELECT format('revoke execute on function %s from public'::text, routine.name) AS statement
   FROM ops.role_functions routine
  WHERE ((routine.is_writing OR routine.is_internal) AND has_function_privilege('public'::name, routine.function_id, 'execute'::text))
UNION ALL
 SELECT format('revoke execute on function %s from %I'::text, routine.name, roles.role_name) AS statement
   FROM (((ops.role_functions routine
     CROSS JOIN roles)
     JOIN pg_proc granting ON ((granting.oid = routine.function_id)))
     CROSS JOIN LATERAL aclexplode(granting.proacl) granted(grantor, grantee, privilege_type, is_grantable))
  WHERE ((granted.grantee = roles.role_id) AND (routine.is_internal OR (routine.is_writing AND (NOT roles.is_writer))))
UNION ALL
 SELECT format('revoke insert on table %s from %I'::text, relation.name, roles.role_name) AS statement
   FROM (ops.role_relations relation
     JOIN roles ON (roles.is_writer))
  WHERE ((relation.is_append_only OR relation.is_read_only) AND has_any_column_privilege(roles.role_id, relation.relation_id, 'insert'::text) AND (relation.is_read_only OR has_table_privilege(roles.role_id, relation.relation_id, 'insert'::text)));

CREATE TABLE ops.health_checks (
    id bigint NOT NULL,
    checked_at timestamp with time zone NOT NULL,
    severity text NOT NULL,
    checks integer NOT NULL,
    unhealthy integer NOT NULL,
    seconds numeric(12,3) NOT NULL,
    dag_run_id text,
    notified_at timestamp with time zone,
    CONSTRAINT health_checks_severity_check CHECK ((severity = ANY (ARRAY['OK'::text, 'YELLOW'::text, 'RED'::text, 'UNKNOWN'::text])))
);

ALTER TABLE ops.health_checks ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME ops.health_checks_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

ALTER TABLE ops.human_decisions ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME ops.human_decisions_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE SEQUENCE ops.identity_links_backfill_audit_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE ops.identity_links_backfill_audit_id_seq OWNED BY ops.identity_links_backfill_audit.id;

CREATE SEQUENCE ops.identity_matching_jobs_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE ops.identity_matching_jobs_id_seq OWNED BY ops.identity_matching_jobs.id;

CREATE SEQUENCE ops.ingestion_runs_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE ops.ingestion_runs_id_seq OWNED BY ops.ingestion_runs.id;

ALTER TABLE ops.job_runs_audit ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME ops.job_runs_audit_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE SEQUENCE ops.lead_events_scout_backfill_audit_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE ops.lead_events_scout_backfill_audit_id_seq OWNED BY ops.lead_events_scout_backfill_audit.id;

CREATE SEQUENCE ops.lead_ledger_scout_backfill_audit_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE ops.lead_ledger_scout_backfill_audit_id_seq OWNED BY ops.lead_ledger_scout_backfill_audit.id;

ALTER TABLE ops.liquidation_periods ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME ops.liquidation_periods_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE ops.materialised_view_refreshes (
    view_name text NOT NULL,
    refreshed_at timestamp with time zone NOT NULL,
    local_day date NOT NULL,
    writes_seen text NOT NULL,
    seconds numeric(12,3) NOT NULL,
    run_id integer
);

CREATE VIEW ops.missing_rights AS
 WITH roles AS (
         SELECT found.rolname AS role_name,
            found.oid AS role_id,
            (found.rolname = 'control_tower_writer'::name) AS is_writer
           FROM pg_roles found
          WHERE (found.rolname = ANY (ARRAY['control_tower_reader'::name, 'control_tower_writer'::name]))
        ), rights AS (
         SELECT roles.role_name,
            format('database %I'::text, current_database()) AS object,
            privilege.privilege,
            has_database_privilege(roles.role_id, (current_database())::text, privilege.privilege) AS is_granted
           FROM (roles
             CROSS JOIN LATERAL unnest(
                CASE
                    WHEN roles.is_writer THEN ARRAY['connect'::text, 'temporary'::text]
                    ELSE ARRAY['connect'::text]
                END) privilege(privilege))
        UNION ALL
         SELECT roles.role_name,
            format('schema %I'::text, schema.nspname) AS format,
            'usage'::text,
            has_schema_privilege(roles.role_id, schema.oid, 'usage'::text) AS has_schema_privilege
           FROM (roles
             JOIN pg_namespace schema ON ((schema.nspname = ANY (ARRAY['canon'::name, 'observational'::name, 'ops'::name, 'public'::name]))))
        UNION ALL
         SELECT roles.role_name,
            ('table '::text || relation.name),
            privilege.privilege,
            has_table_privilege(roles.role_id, relation.relation_id, privilege.privilege) AS has_table_privilege
           FROM ((roles
             JOIN ops.role_relations relation ON ((relation.kind = ANY (ARRAY['r'::"char", 'p'::"char", 'v'::"char", 'm'::"char"]))))
             CROSS JOIN LATERAL unnest(((
                CASE
                    WHEN (NOT roles.is_writer) THEN
                    CASE
                        WHEN (relation.relation_name ~ '^(m?v_|dim_|local_time_zone$)'::text) THEN ARRAY['select'::text]
                        ELSE NULL::text[]
                    END
                    WHEN ((relation.kind = ANY (ARRAY['v'::"char", 'm'::"char"])) OR relation.is_read_only) THEN ARRAY['select'::text]
                    WHEN relation.is_append_only THEN ARRAY['select'::text]
                    ELSE ARRAY['select'::text, 'insert'::text, 'update'::text, 'delete'::text]
                END ||
                CASE
                    WHEN (roles.is_writer AND (relation.kind <> 'v'::"char") AND (NOT relation.is_read_only) AND ((current_setting('server_version_num'::text))::integer >= 170000)) THEN ARRAY['maintain'::text]
                    ELSE NULL::text[]
                END) ||
                CASE
                    WHEN (roles.is_writer AND (relation.persistence = 'u'::"char")) THEN ARRAY['truncate'::text]
                    ELSE NULL::text[]
                END)) privilege(privilege))
        UNION ALL
         SELECT roles.role_name,
            format('table public.%I'::text, source.table_name) AS format,
            'select'::text,
            has_table_privilege(roles.role_id, (to_regclass(format('public.%I'::text, source.table_name)))::oid, 'select'::text) AS has_table_privilege
           FROM (roles
             JOIN ( SELECT DISTINCT named.table_name
                   FROM canon.source_columns named) source ON ((roles.is_writer OR (source.table_name = 'summary_daily'::text))))
        UNION ALL
         SELECT roles.role_name,
            ('table '::text || relation.name),
            format('insert (%s)'::text, columns.list) AS format,
            columns.are_granted
           FROM ((roles
             JOIN ops.role_relations relation ON ((relation.is_append_only AND (NOT relation.is_read_only))))
             CROSS JOIN LATERAL ( SELECT string_agg(format('%I'::text, writable.name), ', '::text ORDER BY writable.number) AS list,
                    bool_and(has_column_privilege(roles.role_id, relation.relation_id, writable.name, 'insert'::text)) AS are_granted
                   FROM unnest(relation.writable_columns) WITH ORDINALITY writable(name, number)) columns)
          WHERE roles.is_writer
        UNION ALL
         SELECT roles.role_name,
            ('sequence '::text || relation.name),
            'usage'::text,
            has_sequence_privilege(roles.role_id, relation.relation_id, 'usage'::text) AS has_sequence_privilege
           FROM (roles
             JOIN ops.role_relations relation ON ((relation.kind = 'S'::"char")))
          WHERE roles.is_writer
        UNION ALL
         SELECT roles.role_name,
            ('function '::text || routine.name),
            'execute'::text,
            has_function_privilege(roles.role_id, routine.function_id, 'execute'::text) AS has_function_privilege
           FROM (roles
             JOIN ops.role_functions routine ON (((NOT routine.is_internal) AND (roles.is_writer OR (NOT routine.is_writing)))))
        )
 SELECT format('grant %s on %s to %I'::text, string_agg(privilege, ', '::text ORDER BY privilege DESC), object, role_name) AS statement
   FROM rights
  WHERE (NOT is_granted)
  GROUP BY object, role_name;

CREATE VIEW ops.mv_cabinet_financial_14d AS
 SELECT driver_id,
    lead_date,
    driver_name,
    iso_week,
    week_start,
    connected_flag,
    connected_date,
    total_trips_14d,
    reached_m1_14d,
    reached_m5_14d,
    reached_m25_14d,
    expected_amount_m1,
    expected_amount_m5,
    expected_amount_m25,
    expected_total_yango,
    claim_m1_exists,
    claim_m1_paid,
    claim_m5_exists,
    claim_m5_paid,
    claim_m25_exists,
    claim_m25_paid,
    paid_amount_m1,
    paid_amount_m5,
    paid_amount_m25,
    total_paid_yango,
    amount_due_yango,
    currency
   FROM canon.cabinet_financials kept;

CREATE VIEW ops.mv_yango_cabinet_claims_for_collection AS
 SELECT kept.driver_id,
    kept.person_key,
    kept.driver_name,
    kept.milestone_value,
    kept.lead_date,
    kept.expected_amount,
    kept.yango_due_date,
    overdue.days_overdue_yango,
    overdue.overdue_bucket_yango,
    kept.yango_payment_status,
    kept.payment_key,
    kept.pay_date,
    kept.reason_code,
    kept.match_rule,
    kept.match_confidence,
    kept.identity_status,
    kept.suggested_driver_id,
    kept.is_reconcilable_enriched,
    kept.currency,
    kept.candidate_driver_ids,
    kept.payment_keys
   FROM ((canon.cabinet_claims kept
     CROSS JOIN canon.local_today local)
     CROSS JOIN LATERAL canon.overdue(kept.yango_due_date, local.today) overdue(days_overdue_yango, overdue_bucket_yango));

CREATE SEQUENCE ops.partner_payment_rules_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE ops.partner_payment_rules_id_seq OWNED BY ops.partner_payment_rules.id;

ALTER TABLE ops.personal_data_access ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME ops.personal_data_access_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE ops.review_postponements (
    case_kind text NOT NULL,
    case_key text NOT NULL,
    postponed_until date NOT NULL,
    reason text,
    postponed_by text NOT NULL,
    postponed_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT review_postponements_case_kind_check CHECK ((case_kind = ANY (ARRAY['CONFLICT'::text, 'UNMATCHED'::text, 'CONTESTED'::text, 'REPLACED'::text, 'UNEXPLAINED_PAYMENT'::text]))),
    CONSTRAINT review_postponements_postponed_by_check CHECK ((postponed_by ~ '\S'::text))
);

CREATE TABLE ops.run_steps (
    run_id integer NOT NULL,
    step text NOT NULL,
    finished_at timestamp with time zone NOT NULL,
    seconds numeric(12,3) NOT NULL,
    rows_changed bigint NOT NULL,
    detail jsonb DEFAULT '{}'::jsonb NOT NULL
);

CREATE TABLE ops.scout_attribution_daily (
    metric_date date NOT NULL,
    total_persons bigint NOT NULL,
    satisfactory_count bigint NOT NULL,
    missing_count bigint NOT NULL,
    conflicts_count bigint NOT NULL,
    by_source_scouting_daily bigint NOT NULL,
    by_source_cabinet_leads bigint NOT NULL,
    by_source_lead_ledger bigint NOT NULL,
    computed_at timestamp with time zone NOT NULL,
    run_id integer
);

CREATE SEQUENCE ops.scout_payment_rules_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE ops.scout_payment_rules_id_seq OWNED BY ops.scout_payment_rules.id;

ALTER TABLE ops.scout_statement_lines ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME ops.scout_statement_lines_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

ALTER TABLE ops.scout_statement_payments ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME ops.scout_statement_payments_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

ALTER TABLE ops.scout_statements ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME ops.scout_statements_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE ops.source_counts (
    source_name text NOT NULL,
    had_rows boolean NOT NULL,
    counted_at timestamp with time zone NOT NULL,
    identity text,
    rows_inserted bigint,
    table_bytes bigint,
    horizon xid8,
    problem text,
    problem_code text
);

CREATE TABLE ops.source_days (
    source_name text NOT NULL,
    metric_type text NOT NULL,
    day date,
    is_settled boolean NOT NULL,
    rows_count bigint NOT NULL,
    last_at timestamp with time zone,
    ahead_hour timestamp without time zone,
    CONSTRAINT source_days_metric_type_check CHECK ((metric_type = ANY (ARRAY['business'::text, 'ingestion'::text, 'rubbish'::text, 'duplicate'::text])))
);

CREATE VIEW ops.source_expectations AS
 SELECT source.source_name,
    source.schema_name,
    source.object_name,
    source.source_type,
    source.business_date_expr,
    source.ingestion_ts_expr,
    make_interval(hours => COALESCE(((settings.source_cadence_hours ->> source.source_name))::integer, source.cadence_hours)) AS expected_cadence,
    make_interval(hours => COALESCE(((settings.source_own_grace_hours ->> source.source_name))::integer, settings.source_grace_hours)) AS grace,
    source.is_optional,
    COALESCE((settings.source_zones ->> source.source_name), settings.timezone) AS stamp_zone,
    ( SELECT array_agg((day.number)::integer ORDER BY day.number) AS array_agg
           FROM jsonb_array_elements_text((settings.source_weekdays -> source.source_name)) day(number)) AS weekdays
   FROM (canon.watched_sources source
     CROSS JOIN ops.health_settings settings);

CREATE VIEW ops.v_alert_deliveries AS
 SELECT delivery.id,
    delivery.episode_id,
    episode.cause,
    delivery.message,
    delivery.channel,
    delivery.kind,
    delivery.status,
    delivery.queued_at,
    delivery.attempts,
    delivery.last_attempt_at,
        CASE
            WHEN (delivery.status = 'PENDING'::text) THEN delivery.next_attempt_at
            ELSE NULL::timestamp with time zone
        END AS next_attempt_at,
    delivery.last_error,
    delivery.sent_at,
    delivery.message_id
   FROM (ops.alert_deliveries delivery
     JOIN ops.alert_episodes episode ON ((episode.id = delivery.episode_id)));

CREATE VIEW ops.v_alert_history AS
 SELECT id,
    cause,
    severity,
    worst_severity,
    opened_at,
    closed_at,
    (COALESCE(closed_at, now()) - opened_at) AS age,
    problems,
    ARRAY( SELECT jsonb_object_keys(episode.problems) AS jsonb_object_keys
          ORDER BY (jsonb_object_keys(episode.problems))) AS checks,
    messages,
    last_message_at,
    acknowledged_at,
    acknowledged_by,
    acknowledge_reason,
    heals
   FROM ops.alert_episodes episode;

CREATE VIEW ops.v_alert_mutes AS
 SELECT id,
    target,
    episode_id,
    states,
    reason,
    muted_by,
    muted_at,
    muted_until,
    ended_at,
    ended_by,
    ((muted_until > now()) AND (ended_at IS NULL)) AS is_in_force
   FROM ops.alert_mutes mute;

CREATE VIEW ops.v_attribution_recount AS
 SELECT counted.persons,
    counted.satisfactory,
    counted.conflicts,
    counted.d_events,
    counted.a_events,
    counted.scouting_claims,
    counted.lead_claims,
    (counted.* = kept.*) AS is_as_kept,
    to_jsonb(kept.*) AS kept
   FROM (( SELECT ( SELECT count(*) AS count
                   FROM canon.identity_registry) AS persons,
            count(ledger.attributed_scout_id) AS satisfactory,
            count(*) FILTER (WHERE (ledger.decision_status = 'conflict'::public.decisionstatus)) AS conflicts,
            count(*) FILTER (WHERE ((ledger.attributed_scout_id IS NULL) AND (ledger.event_scouts > 0))) AS d_events,
            count(*) FILTER (WHERE ((ledger.attributed_scout_id IS NULL) AND (ledger.event_scouts = 0))) AS a_events,
            count(*) FILTER (WHERE ledger.has_scouting_claim) AS scouting_claims,
            count(*) FILTER (WHERE ledger.has_lead_claim) AS lead_claims
           FROM observational.lead_ledger ledger) counted
     CROSS JOIN canon.attribution_totals kept);

CREATE VIEW ops.v_audit_chain AS
 SELECT link."position",
    link.run_id,
    link.audit_rows,
    link.sealed_at,
    found.audit_rows AS audit_rows_found,
    (link.is_in_its_place AND (found.hash = link.hash) AND (found.audit_rows = link.audit_rows)) AS is_intact,
    link.part
   FROM (ops.audit_links link
     LEFT JOIN LATERAL ( SELECT hashed.audit_rows,
            hashed.hash
           FROM ops.audit_hash(link.run_id, link.part, link.previous_hash) hashed(audit_rows, hash)
          WHERE ((link.part <> 'decisions'::text) AND (link."position" IS NOT NULL))
        UNION ALL
         SELECT hashed.audit_rows,
            hashed.hash
           FROM ops.decisions_hash(link.covers, link.run_id, link.previous_hash) hashed(audit_rows, hash)
          WHERE (link.part = 'decisions'::text)) found ON (true));

CREATE VIEW ops.v_audit_chain_due AS
 SELECT link."position",
    link.run_id,
    link.part,
    link.audit_rows,
    found.audit_rows AS audit_rows_found,
    (link.is_in_its_place AND ((NOT due.is_due) OR ((found.hash = link.hash) AND (found.audit_rows = link.audit_rows)))) AS is_intact,
    due.is_due AS is_hashed,
    verified.is_full_due
   FROM (((ops.audit_links link
     CROSS JOIN ops.audit_verification_due verified)
     CROSS JOIN LATERAL ( SELECT (verified.is_full_due OR (link."position" > verified."position")) AS is_due) due)
     LEFT JOIN LATERAL ( SELECT hashed.audit_rows,
            hashed.hash
           FROM ops.audit_hash(link.run_id, link.part, link.previous_hash) hashed(audit_rows, hash)
          WHERE (due.is_due AND (link.part <> 'decisions'::text))
        UNION ALL
         SELECT hashed.audit_rows,
            hashed.hash
           FROM ops.decisions_hash(link.covers, link.run_id, link.previous_hash) hashed(audit_rows, hash)
          WHERE (due.is_due AND (link.part = 'decisions'::text))) found ON (true));

CREATE VIEW ops.v_backfill_audit AS
 SELECT 'identity_links'::text AS audited,
    audit.id AS audit_id,
    audit.person_key,
    audit.source_table,
    audit.source_pk,
    audit.action_type,
    audit.match_method AS method,
    audit.match_confidence AS confidence,
    NULL::integer AS old_scout_id,
    NULL::integer AS new_scout_id,
    audit.evidence_json,
    audit.error_message,
    audit.notes,
    audit.ingestion_run_id AS run_id,
    audit.backfill_timestamp AS changed_at
   FROM ops.identity_links_backfill_audit audit
UNION ALL
 SELECT 'lead_events'::text AS audited,
    audit.id AS audit_id,
    audit.person_key,
    audit.source_table,
    audit.source_pk,
    audit.action_type,
    audit.mapping_method AS method,
    audit.mapping_confidence AS confidence,
    audit.old_scout_id,
    audit.new_scout_id,
    audit.evidence_json,
    audit.error_message,
    audit.notes,
    audit.ingestion_run_id AS run_id,
    audit.backfill_timestamp AS changed_at
   FROM ops.lead_events_scout_backfill_audit audit
UNION ALL
 SELECT 'lead_ledger'::text AS audited,
    audit.id AS audit_id,
    audit.person_key,
    NULL::text AS source_table,
    NULL::text AS source_pk,
    'UPDATED'::text AS action_type,
    audit.backfill_method AS method,
    audit.attribution_confidence_new AS confidence,
    audit.old_attributed_scout_id AS old_scout_id,
    audit.new_attributed_scout_id AS new_scout_id,
    audit.evidence_json_new AS evidence_json,
    NULL::text AS error_message,
    audit.notes,
    audit.ingestion_run_id AS run_id,
    audit.backfill_timestamp AS changed_at
   FROM ops.lead_ledger_scout_backfill_audit audit;

CREATE VIEW ops.v_yango_payments_raw_current AS
 WITH payments AS MATERIALIZED (
         SELECT payment_1.payment_id,
            payment_1.pay_date,
            payment_1.pay_time,
            payment_1.scout_id,
            payment_1.driver_name,
            payment_1.is_paid_1,
            payment_1.is_paid_5,
            payment_1.is_paid_25,
            payment_1.driver_id,
            payment_1.person_key,
            COALESCE(canon.name_key(canon.normalise_name((payment_1.driver_name)::text)), ''::text) AS driver_name_normalized
           FROM canon.source_cabinet_payments payment_1
        )
 SELECT payment.payment_id AS source_pk,
    payment.pay_date,
    payment.pay_time,
    payment.scout_id,
    payment.driver_name AS raw_driver_name,
    payment.driver_name_normalized,
    'trips'::text AS milestone_type,
    milestone.milestone_value,
    milestone.is_paid,
    milestone.paid_flag_source,
    payment.driver_id,
    payment.person_key,
        CASE
            WHEN (payment.driver_id IS NULL) THEN 'none'::text
            ELSE 'driver_id_direct'::text
        END AS match_rule,
        CASE
            WHEN (payment.driver_id IS NULL) THEN 'unknown'::text
            ELSE 'high'::text
        END AS match_confidence,
    md5((((payment.payment_id)::text || milestone.milestone_value) || payment.driver_name_normalized)) AS payment_key,
    md5((milestone.is_paid)::text) AS state_hash
   FROM (payments payment
     CROSS JOIN LATERAL ( VALUES (1,payment.is_paid_1,'trip_1'::text), (5,payment.is_paid_5,'trip_5'::text), (25,payment.is_paid_25,'trip_25'::text)) milestone(milestone_value, is_paid, paid_flag_source));

CREATE VIEW ops.v_yango_payments_ledger_latest AS
 WITH stated AS (
         SELECT reported.source_pk,
            reported.pay_date,
            reported.pay_time,
            reported.raw_driver_name,
            reported.driver_name_normalized,
            reported.milestone_type,
            reported.milestone_value,
            reported.is_paid,
            reported.paid_flag_source,
            reported.driver_id,
            reported.person_key,
            reported.match_rule,
            reported.match_confidence,
            reported.payment_key,
            reported.state_hash
           FROM ops.v_yango_payments_raw_current reported
        UNION ALL
         SELECT gone.source_pk,
            gone.pay_date,
            gone.pay_time,
            gone.raw_driver_name,
            gone.driver_name_normalized,
            gone.milestone_type,
            gone.milestone_value,
            gone.is_paid,
            gone.paid_flag_source,
            gone.driver_id,
            gone.person_key,
            gone.match_rule,
            gone.match_confidence,
            gone.payment_key,
            gone.state_hash
           FROM canon.gone_partner_payments gone
        ), gone AS (
         SELECT DISTINCT ON (ledger.payment_key) ledger.id,
            ledger.snapshot_at,
            ledger.source_table,
            ledger.source_pk,
            ledger.pay_date,
            ledger.pay_time,
            ledger.raw_driver_name,
            ledger.driver_name_normalized,
            ledger.milestone_type,
            ledger.milestone_value,
            ledger.is_paid,
            ledger.paid_flag_source,
            ledger.driver_id,
            ledger.person_key,
            ledger.match_rule,
            ledger.match_confidence,
            ledger.payment_key,
            ledger.state_hash,
            ledger.created_at
           FROM (ops.yango_payment_status_ledger ledger
             LEFT JOIN stated ON (((ledger.source_table = 'module_ct_cabinet_payments'::text) AND (ledger.source_pk = (stated.source_pk)::text) AND (ledger.milestone_value = stated.milestone_value))))
          WHERE (stated.source_pk IS NULL)
          ORDER BY ledger.payment_key, ledger.snapshot_at DESC, ledger.id DESC
        ), known AS (
         SELECT DISTINCT ON (ledger.source_pk, ledger.milestone_value, ledger.raw_driver_name) ledger.source_pk,
            ledger.milestone_value,
            ledger.raw_driver_name,
            ledger.driver_id,
            ledger.person_key,
            ledger.match_rule,
            ledger.match_confidence,
            ledger.payment_key
           FROM ops.yango_payment_status_ledger ledger
          WHERE (ledger.source_table = 'module_ct_cabinet_payments'::text)
          ORDER BY ledger.source_pk, ledger.milestone_value, ledger.raw_driver_name, (ledger.driver_id IS NULL), (ledger.person_key IS NULL), ledger.snapshot_at DESC, ledger.id DESC
        ), snapshots AS (
         SELECT DISTINCT ON (ledger.source_pk, ledger.milestone_value, ledger.raw_driver_name, ledger.is_paid) ledger.id,
            ledger.snapshot_at,
            ledger.source_pk,
            ledger.milestone_value,
            ledger.raw_driver_name,
            ledger.is_paid,
            ledger.created_at
           FROM ops.yango_payment_status_ledger ledger
          WHERE (ledger.source_table = 'module_ct_cabinet_payments'::text)
          ORDER BY ledger.source_pk, ledger.milestone_value, ledger.raw_driver_name, ledger.is_paid, ledger.snapshot_at DESC, ledger.id DESC
        )
 SELECT snapshots.id,
    snapshots.snapshot_at AS latest_snapshot_at,
    'module_ct_cabinet_payments'::text AS source_table,
    (stated.source_pk)::text AS source_pk,
    stated.pay_date,
    stated.pay_time,
    (stated.raw_driver_name)::text AS raw_driver_name,
    stated.driver_name_normalized,
    stated.milestone_type,
    stated.milestone_value,
    stated.is_paid,
    stated.paid_flag_source,
    COALESCE(stated.driver_id, known.driver_id) AS driver_id,
    COALESCE(stated.person_key, known.person_key) AS person_key,
        CASE
            WHEN (stated.driver_id IS NULL) THEN COALESCE(known.match_rule, 'none'::text)
            ELSE stated.match_rule
        END AS match_rule,
        CASE
            WHEN (stated.driver_id IS NULL) THEN COALESCE(known.match_confidence, 'unknown'::text)
            ELSE stated.match_confidence
        END AS match_confidence,
    COALESCE(known.payment_key, stated.payment_key) AS payment_key,
    stated.state_hash,
    snapshots.created_at
   FROM ((stated
     LEFT JOIN known ON (((known.source_pk = (stated.source_pk)::text) AND (known.milestone_value = stated.milestone_value) AND (known.raw_driver_name = (stated.raw_driver_name)::text))))
     LEFT JOIN snapshots ON (((snapshots.source_pk = (stated.source_pk)::text) AND (snapshots.milestone_value = stated.milestone_value) AND (snapshots.raw_driver_name = (stated.raw_driver_name)::text) AND (snapshots.is_paid = stated.is_paid))))
UNION ALL
 SELECT gone.id,
    gone.snapshot_at AS latest_snapshot_at,
    gone.source_table,
    gone.source_pk,
    gone.pay_date,
    gone.pay_time,
    gone.raw_driver_name,
    gone.driver_name_normalized,
    gone.milestone_type,
    gone.milestone_value,
    gone.is_paid,
    gone.paid_flag_source,
    gone.driver_id,
    gone.person_key,
    gone.match_rule,
    gone.match_confidence,
    gone.payment_key,
    gone.state_hash,
    gone.created_at
   FROM gone;

CREATE VIEW ops.v_yango_payments_ledger_latest_enriched AS
 WITH latest AS MATERIALIZED (
         SELECT payment.id,
            payment.latest_snapshot_at,
            payment.source_table,
            payment.source_pk,
            payment.pay_date,
            payment.pay_time,
            payment.raw_driver_name,
            payment.driver_name_normalized,
            payment.milestone_type,
            payment.milestone_value,
            payment.is_paid,
            payment.paid_flag_source,
            payment.driver_id,
            payment.person_key,
            payment.match_rule,
            payment.match_confidence,
            payment.payment_key,
            payment.state_hash,
            payment.created_at
           FROM ops.v_yango_payments_ledger_latest payment
        ), asked AS MATERIALIZED (
         SELECT latest.driver_name_normalized AS written,
            canon.name_key(canon.normalise_name(latest.driver_name_normalized)) AS name_key
           FROM latest
          WHERE ((latest.driver_id IS NULL) AND (latest.person_key IS NULL))
          GROUP BY latest.driver_name_normalized
        ), bearers AS MATERIALIZED (
         SELECT canon.name_key((COALESCE(indexed.full_name_norm, (canon.normalise_name(COALESCE(driver.full_name, driver.name_parts)))::character varying))::text) AS name_key,
            driver.driver_id,
            COALESCE((link_1.person_key)::text, (indexed.account_group)::text, driver.driver_id) AS person
           FROM ((canon.read_drivers_names() driver(driver_id, full_name, name_parts)
             LEFT JOIN canon.drivers_index indexed ON (((indexed.driver_id)::text = driver.driver_id)))
             LEFT JOIN canon.identity_links link_1 ON ((((link_1.source_table)::text = 'drivers'::text) AND ((link_1.source_pk)::text = driver.driver_id))))
        ), named AS (
         SELECT asked.written,
            min(bearers.driver_id) AS driver_id,
            (min(bearers.person) <> max(bearers.person)) AS is_ambiguous,
            array_agg(bearers.driver_id ORDER BY bearers.driver_id) AS driver_ids
           FROM (asked
             JOIN bearers ON ((bearers.name_key = asked.name_key)))
          GROUP BY asked.written
        ), final AS (
         SELECT latest.id,
            latest.latest_snapshot_at,
            latest.source_table,
            latest.source_pk,
            latest.pay_date,
            latest.pay_time,
            latest.raw_driver_name,
            latest.driver_name_normalized,
            latest.milestone_type,
            latest.milestone_value,
            latest.is_paid,
            latest.paid_flag_source,
            latest.driver_id,
            latest.person_key,
            latest.match_rule,
            latest.match_confidence,
            latest.payment_key,
            latest.state_hash,
            latest.created_at,
                CASE
                    WHEN (NOT named.is_ambiguous) THEN named.driver_id
                    ELSE NULL::text
                END AS driver_id_enriched,
                CASE
                    WHEN named.is_ambiguous THEN named.driver_ids
                    ELSE NULL::text[]
                END AS candidate_driver_ids,
                CASE
                    WHEN (COALESCE(latest.driver_id, (latest.person_key)::text) IS NOT NULL) THEN 'confirmed'::text
                    WHEN named.is_ambiguous THEN 'ambiguous'::text
                    WHEN (named.driver_id IS NOT NULL) THEN 'enriched'::text
                    ELSE 'no_match'::text
                END AS identity_status
           FROM (latest
             LEFT JOIN named ON (((named.written = latest.driver_name_normalized) AND (latest.driver_id IS NULL) AND (latest.person_key IS NULL))))
        )
 SELECT final.id,
    final.latest_snapshot_at,
    final.source_table,
    final.source_pk,
    final.pay_date,
    final.pay_time,
    final.raw_driver_name,
    final.driver_name_normalized,
    final.milestone_type,
    final.milestone_value,
    final.is_paid,
    final.paid_flag_source,
    final.driver_id AS driver_id_original,
    final.person_key AS person_key_original,
    final.driver_id_enriched,
    COALESCE(final.driver_id, final.driver_id_enriched) AS driver_id_final,
    COALESCE(link.person_key, final.person_key) AS person_key_final,
    final.identity_status,
        CASE
            WHEN ((final.identity_status = 'confirmed'::text) AND (final.match_rule = 'driver_name_unique'::text)) THEN 'name_unique'::text
            WHEN (final.identity_status = 'confirmed'::text) THEN 'source_upstream'::text
            WHEN (final.identity_status = 'enriched'::text) THEN 'name_unique'::text
            ELSE final.identity_status
        END AS match_rule,
        CASE
            WHEN ((final.identity_status = 'confirmed'::text) AND (final.match_rule = 'driver_name_unique'::text)) THEN replace(final.match_confidence, 'unknown'::text, 'low'::text)
            WHEN (final.identity_status = 'confirmed'::text) THEN 'high'::text
            WHEN (final.identity_status = 'enriched'::text) THEN 'medium'::text
            ELSE 'low'::text
        END AS match_confidence,
    (final.identity_status = 'enriched'::text) AS identity_enriched,
    final.payment_key,
    final.state_hash,
    final.created_at,
    final.candidate_driver_ids
   FROM (final
     LEFT JOIN canon.identity_links link ON ((((link.source_table)::text = 'drivers'::text) AND ((link.source_pk)::text = COALESCE(final.driver_id, final.driver_id_enriched)))));

CREATE VIEW ops.v_claims_payment_status_cabinet AS
 WITH claims AS MATERIALIZED (
         SELECT milestone.driver_id,
            milestone.person_key,
            milestone.milestone_trips AS milestone_value,
            milestone.lead_date,
            milestone.amount AS expected_amount,
            (milestone.currency)::text AS currency,
            GREATEST(0, (local_today.today - (milestone.lead_date + 14))) AS days_overdue,
            (row_number() OVER (PARTITION BY milestone.person_key, milestone.milestone_trips ORDER BY ((milestone.currency)::text <> (( SELECT ops.default_currency() AS default_currency))::text), milestone.currency) = 1) AS is_payable
           FROM (canon.lead_milestones milestone
             CROSS JOIN canon.local_today)
          WHERE ((milestone.rule_scope = 'partner'::text) AND (milestone.origin_tag = 'cabinet'::text) AND (milestone.window_days = 14) AND milestone.milestone_achieved)
        ), paid AS MATERIALIZED (
         SELECT COALESCE(link.person_key, payment.person_key_final) AS person_key,
            (link.person_key IS NOT NULL) AS is_of_account,
            payment.milestone_value,
            payment.pay_date,
            payment.payment_key,
            payment.driver_id_final,
            payment.person_key_final,
            payment.identity_status,
            payment.match_rule,
            payment.match_confidence,
            payment.candidate_driver_ids
           FROM ((( VALUES (NULL::text[])) absent(candidate_driver_ids)
             CROSS JOIN LATERAL ( SELECT latest.milestone_value,
                    latest.pay_date,
                    latest.payment_key,
                    latest.driver_id_final,
                    latest.person_key_final,
                    latest.identity_status,
                    latest.match_rule,
                    latest.match_confidence,
                    latest.candidate_driver_ids
                   FROM ops.v_yango_payments_ledger_latest_enriched latest
                  WHERE latest.is_paid) payment)
             LEFT JOIN canon.identity_links link ON ((((link.source_table)::text = 'drivers'::text) AND ((link.source_pk)::text = payment.driver_id_final))))
        ), of_milestone AS (
         SELECT DISTINCT ON (paid.person_key, paid.milestone_value) paid.person_key,
            paid.is_of_account,
            paid.milestone_value,
            paid.pay_date,
            paid.payment_key,
            paid.driver_id_final,
            paid.person_key_final,
            paid.identity_status,
            paid.match_rule,
            paid.match_confidence,
            paid.candidate_driver_ids,
            array_agg(paid.payment_key) FILTER (WHERE paid.is_of_account) OVER (PARTITION BY paid.person_key, paid.milestone_value ORDER BY paid.is_of_account DESC, paid.pay_date, paid.payment_key ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS payment_keys
           FROM paid
          WHERE (paid.person_key IS NOT NULL)
          ORDER BY paid.person_key, paid.milestone_value, paid.is_of_account DESC, paid.pay_date, paid.payment_key
        ), of_other_milestone AS (
         SELECT DISTINCT ON (payment.person_key) payment.person_key,
            payment.is_of_account,
            payment.milestone_value,
            payment.pay_date,
            payment.payment_key,
            payment.driver_id_final,
            payment.person_key_final,
            payment.identity_status,
            payment.match_rule,
            payment.match_confidence,
            payment.candidate_driver_ids
           FROM (paid payment
             LEFT JOIN claims claim USING (person_key, milestone_value))
          WHERE (payment.is_of_account AND (claim.person_key IS NULL))
          ORDER BY payment.person_key, payment.milestone_value, payment.pay_date, payment.payment_key
        ), by_name AS (
         SELECT DISTINCT ON (link.person_key, payment.milestone_value) link.person_key,
            payment.milestone_value,
            payment.pay_date,
            payment.payment_key,
            payment.identity_status,
            payment.match_rule,
            payment.match_confidence,
            payment.candidate_driver_ids
           FROM ((paid payment
             CROSS JOIN LATERAL unnest(payment.candidate_driver_ids) candidate(driver_id))
             JOIN canon.identity_links link ON ((((link.source_table)::text = 'drivers'::text) AND ((link.source_pk)::text = candidate.driver_id))))
          WHERE (payment.person_key IS NULL)
          ORDER BY link.person_key, payment.milestone_value, payment.pay_date, payment.payment_key
        ), final AS (
         SELECT claim.driver_id,
            claim.person_key,
            claim.milestone_value,
            claim.lead_date,
            claim.expected_amount,
            claim.currency,
            claim.days_overdue,
            claim.is_payable,
            COALESCE(exact.is_of_account, false) AS paid_flag,
                CASE
                    WHEN exact.is_of_account THEN 'paid'::text
                    WHEN (other.person_key IS NOT NULL) THEN 'payment_found_other_milestone'::text
                    WHEN (exact.person_key IS NOT NULL) THEN 'payment_found_person_key_only'::text
                    ELSE 'no_payment_found'::text
                END AS reason_code,
            payment.pay_date,
            payment.payment_key,
            payment.identity_status,
            payment.match_rule,
            payment.match_confidence,
            payment.candidate_driver_ids,
                CASE
                    WHEN exact.is_of_account THEN exact.payment_keys
                    ELSE NULL::text[]
                END AS payment_keys
           FROM ((((claims claim
             LEFT JOIN of_milestone exact ON (((exact.person_key = claim.person_key) AND (exact.milestone_value = claim.milestone_value) AND claim.is_payable)))
             LEFT JOIN of_other_milestone other ON (((other.person_key = claim.person_key) AND claim.is_payable)))
             LEFT JOIN by_name ON (((by_name.person_key = claim.person_key) AND (by_name.milestone_value = claim.milestone_value) AND claim.is_payable AND (exact.person_key IS NULL) AND (other.person_key IS NULL))))
             LEFT JOIN LATERAL ( SELECT exact.pay_date,
                    exact.payment_key,
                    exact.identity_status,
                    exact.match_rule,
                    exact.match_confidence,
                    NULL::text[] AS candidate_driver_ids
                  WHERE (exact.is_of_account OR ((exact.person_key IS NOT NULL) AND (other.person_key IS NULL)))
                UNION ALL
                 SELECT other.pay_date,
                    other.payment_key,
                    other.identity_status,
                    other.match_rule,
                    other.match_confidence,
                    NULL::text[] AS text
                  WHERE ((other.person_key IS NOT NULL) AND (exact.is_of_account IS NOT TRUE))
                UNION ALL
                 SELECT by_name.pay_date,
                    by_name.payment_key,
                    by_name.identity_status,
                    by_name.match_rule,
                    by_name.match_confidence,
                    by_name.candidate_driver_ids
                  WHERE (by_name.person_key IS NOT NULL)) payment ON (true))
        )
 SELECT driver_id,
    person_key,
    milestone_value,
    lead_date,
    ((lead_date + 14))::timestamp without time zone AS due_date,
    expected_amount,
    days_overdue,
        CASE
            WHEN (days_overdue = 0) THEN '0_not_due'::text
            WHEN (days_overdue <= 7) THEN '1_1_7'::text
            WHEN (days_overdue <= 14) THEN '2_8_14'::text
            WHEN (days_overdue <= 30) THEN '3_15_30'::text
            WHEN (days_overdue <= 60) THEN '4_31_60'::text
            ELSE '5_60_plus'::text
        END AS bucket_overdue,
    paid_flag,
    pay_date AS paid_date,
    payment_key,
    identity_status AS payment_identity_status,
    match_rule AS payment_match_rule,
    match_confidence AS payment_match_confidence,
        CASE
            WHEN paid_flag THEN 'paid'::text
            ELSE 'not_paid'::text
        END AS payment_status,
        CASE
            WHEN paid_flag THEN 'payment found'::text
            WHEN (payment_key IS NOT NULL) THEN 'payment to be reconciled'::text
            ELSE 'no payment'::text
        END AS payment_reason,
    reason_code,
        CASE
            WHEN paid_flag THEN 'P0_confirmed_paid'::text
            WHEN (days_overdue >= 15) THEN 'P0_collect_now'::text
            WHEN (days_overdue >= 8) THEN 'P1_watch'::text
            ELSE 'P2_not_due'::text
        END AS action_priority,
    currency,
    candidate_driver_ids,
    payment_keys
   FROM final;

CREATE VIEW ops.v_cabinet_financial_14d AS
 WITH claims AS (
         SELECT claim.person_key,
            claim.currency,
            COALESCE(max(claim.expected_amount) FILTER (WHERE (claim.milestone_value = 1)), (0)::numeric) AS m1,
            COALESCE(max(claim.expected_amount) FILTER (WHERE (claim.milestone_value = 5)), (0)::numeric) AS m5,
            COALESCE(max(claim.expected_amount) FILTER (WHERE (claim.milestone_value = 25)), (0)::numeric) AS m25,
            COALESCE(bool_or(claim.paid_flag) FILTER (WHERE (claim.milestone_value = 1)), false) AS is_paid_m1,
            COALESCE(bool_or(claim.paid_flag) FILTER (WHERE (claim.milestone_value = 5)), false) AS is_paid_m5,
            COALESCE(bool_or(claim.paid_flag) FILTER (WHERE (claim.milestone_value = 25)), false) AS is_paid_m25,
            COALESCE(bool_or((claim.milestone_value = 1)), false) AS has_m1,
            COALESCE(bool_or((claim.milestone_value = 5)), false) AS has_m5,
            COALESCE(bool_or((claim.milestone_value = 25)), false) AS has_m25
           FROM (( VALUES (NULL::text)) absent(currency)
             CROSS JOIN LATERAL ( SELECT claimed.person_key,
                    claimed.milestone_value,
                    claimed.expected_amount,
                    claimed.paid_flag,
                    claimed.currency
                   FROM ops.v_claims_payment_status_cabinet claimed) claim)
          GROUP BY claim.person_key, claim.currency
        ), rules AS MATERIALIZED (
         SELECT (rule.currency)::text AS currency,
            range_agg(rule.in_force) AS in_force
           FROM canon.payment_rules_in_force rule
          WHERE ((rule.rule_scope = 'partner'::text) AND (rule.origin_tag = 'cabinet'::text) AND (rule.window_days = 14))
          GROUP BY rule.currency
        ), leads AS (
         SELECT lead.person_key,
            lead.origin_tag,
            lead.lead_date,
            lead.scout_id,
            lead.driver_id,
            lead.hire_date,
            lead.first_connection_date,
            lead.first_trip_date,
            lead.trip_1_date,
            lead.trip_5_date,
            lead.trip_25_date,
            lead.time_to_connection_days,
            lead.time_to_1_days,
            lead.time_to_5_days,
            lead.time_to_25_days,
            lead.trips_7d,
            lead.trips_14d,
            lead.trips_30d,
            lead.is_quarantined,
            lead.is_deciding_origin,
            priced.currency,
            priced.is_first
           FROM (canon.lead_conversions lead
             LEFT JOIN LATERAL ( SELECT rules.currency,
                    (row_number() OVER (ORDER BY rules.currency) = 1) AS is_first
                   FROM rules
                  WHERE (rules.in_force @> lead.lead_date)) priced ON (true))
          WHERE ((lead.origin_tag = 'cabinet'::text) AND (NOT lead.is_quarantined))
        ), amounts AS (
         SELECT lead.person_key,
            lead.origin_tag,
            lead.lead_date,
            lead.scout_id,
            lead.driver_id,
            lead.hire_date,
            lead.first_connection_date,
            lead.first_trip_date,
            lead.trip_1_date,
            lead.trip_5_date,
            lead.trip_25_date,
            lead.time_to_connection_days,
            lead.time_to_1_days,
            lead.time_to_5_days,
            lead.time_to_25_days,
            lead.trips_7d,
            lead.trips_14d,
            lead.trips_30d,
            lead.is_quarantined,
            lead.is_deciding_origin,
            lead.currency,
            lead.is_first,
            (COALESCE(driver.full_name, NULLIF(driver.name_parts, ''::text)))::character varying AS driver_name,
            COALESCE(claims.has_m1, false) AS has_m1,
            COALESCE(claims.has_m5, false) AS has_m5,
            COALESCE(claims.has_m25, false) AS has_m25,
            COALESCE(claims.is_paid_m1, false) AS is_paid_m1,
            COALESCE(claims.is_paid_m5, false) AS is_paid_m5,
            COALESCE(claims.is_paid_m25, false) AS is_paid_m25,
            COALESCE(claims.m1, (0)::numeric) AS m1,
            COALESCE(claims.m5, (0)::numeric) AS m5,
            COALESCE(claims.m25, (0)::numeric) AS m25,
                CASE
                    WHEN claims.is_paid_m1 THEN claims.m1
                    ELSE (0)::numeric
                END AS paid_m1,
                CASE
                    WHEN claims.is_paid_m5 THEN claims.m5
                    ELSE (0)::numeric
                END AS paid_m5,
                CASE
                    WHEN claims.is_paid_m25 THEN claims.m25
                    ELSE (0)::numeric
                END AS paid_m25
           FROM ((leads lead
             LEFT JOIN claims ON (((claims.person_key = lead.person_key) AND ((claims.currency = lead.currency) OR ((claims.currency IS NULL) AND (lead.is_first IS NOT FALSE))))))
             LEFT JOIN canon.read_drivers_names() driver(driver_id, full_name, name_parts) ON ((driver.driver_id = (lead.driver_id)::text)))
        )
 SELECT driver_id,
    lead_date,
    driver_name,
    to_char((lead_date)::timestamp with time zone, 'IYYY-"W"IW'::text) AS iso_week,
    (date_trunc('week'::text, (lead_date)::timestamp with time zone))::date AS week_start,
    (first_connection_date IS NOT NULL) AS connected_flag,
    first_connection_date AS connected_date,
    trips_14d AS total_trips_14d,
    (trips_14d >= 1) AS reached_m1_14d,
    (trips_14d >= 5) AS reached_m5_14d,
    (trips_14d >= 25) AS reached_m25_14d,
    (m1)::numeric(12,2) AS expected_amount_m1,
    (m5)::numeric(12,2) AS expected_amount_m5,
    (m25)::numeric(12,2) AS expected_amount_m25,
    (((m1 + m5) + m25))::numeric(12,2) AS expected_total_yango,
    has_m1 AS claim_m1_exists,
    is_paid_m1 AS claim_m1_paid,
    has_m5 AS claim_m5_exists,
    is_paid_m5 AS claim_m5_paid,
    has_m25 AS claim_m25_exists,
    is_paid_m25 AS claim_m25_paid,
    paid_m1 AS paid_amount_m1,
    paid_m5 AS paid_amount_m5,
    paid_m25 AS paid_amount_m25,
    ((paid_m1 + paid_m5) + paid_m25) AS total_paid_yango,
    (((((m1 + m5) + m25) - paid_m1) - paid_m5) - paid_m25) AS amount_due_yango,
    currency
   FROM amounts;

CREATE VIEW ops.v_cabinet_leads_missing_scout_alerts AS
 SELECT (record.source_row_id)::integer AS cabinet_lead_id,
        CASE
            WHEN ((record.source_pk)::text <> (record.source_row_id)::text) THEN record.source_pk
            ELSE NULL::character varying
        END AS external_id,
    (record.recorded_at AT TIME ZONE ( SELECT zone.timezone
           FROM ops.local_time_zone zone)) AS lead_created_at,
    event.person_key,
        CASE
            WHEN (claims.scouts = 1) THEN claims.scout_id
            ELSE NULL::integer
        END AS potential_scout_id,
    (claims.scouts > 0) AS has_scout_in_events
   FROM ((observational.lead_events event
     JOIN canon.records_index record USING (source_table, source_pk))
     CROSS JOIN LATERAL ( SELECT count(DISTINCT other.scout_id) AS scouts,
            min(other.scout_id) AS scout_id
           FROM observational.lead_events other
          WHERE ((other.person_key = event.person_key) AND (other.scout_id IS NOT NULL))) claims)
  WHERE (((event.source_table)::text = 'module_ct_cabinet_leads'::text) AND (event.scout_id IS NULL) AND (event.person_key IS NOT NULL) AND (claims.scouts > 0));

CREATE VIEW ops.v_cabinet_milestones_achieved_from_payment_calc AS
 SELECT driver_id,
    milestone_trips AS milestone_value,
    bool_or(milestone_achieved) AS achieved_flag,
    min(achieved_date) AS achieved_date
   FROM canon.lead_milestones
  WHERE ((rule_scope = 'partner'::text) AND (origin_tag = 'cabinet'::text))
  GROUP BY driver_id, milestone_trips;

CREATE VIEW ops.v_check_results AS
 SELECT check_name,
    subject,
    severity,
    state,
    since,
    checked_at,
    age,
    is_overdue,
    cause,
    value,
    limit_value,
    details,
    episode_id,
    muted_until
   FROM ops.v_check_results_at(now()) result(check_name, subject, severity, state, since, checked_at, age, is_overdue, cause, value, limit_value, details, episode_id, muted_until);

CREATE VIEW ops.v_check_state_changes AS
 SELECT id,
    check_name,
    severity_old,
    state_old,
    severity_new,
    state_new,
    value,
    changed_at
   FROM ops.check_state_changes change;

CREATE VIEW ops.v_claim_change_history AS
 SELECT id AS change_id,
    changed_at,
    run_id,
    change,
    reason_code,
    COALESCE(is_person_key, was_person_key) AS person_key,
    COALESCE(is_driver_id, was_driver_id) AS driver_id,
    milestone_value,
    was_driver_id,
    is_driver_id,
    was_lead_date,
    is_lead_date,
    was_amount,
    is_amount,
    was_currency,
    is_currency,
    was_payment_status,
    is_payment_status,
    lost_payment_keys,
    (id >= COALESCE(( SELECT min(of_run.id) AS min
           FROM ops.claim_changes of_run
          WHERE (of_run.run_id = ( SELECT newest.run_id
                   FROM ops.claim_changes newest
                  WHERE (newest.run_id IS NOT NULL)
                  ORDER BY newest.id DESC
                 LIMIT 1))), (0)::bigint)) AS is_of_last_refresh
   FROM ops.claim_changes change;

CREATE VIEW ops.v_claim_changes AS
 SELECT change_id,
    changed_at,
    run_id,
    change,
    reason_code,
    person_key,
    driver_id,
    milestone_value,
    was_driver_id,
    is_driver_id,
    was_lead_date,
    is_lead_date,
    was_amount,
    is_amount,
    was_currency,
    is_currency,
    was_payment_status,
    is_payment_status,
    lost_payment_keys,
    is_of_last_refresh
   FROM ops.v_claim_change_history history
  WHERE is_of_last_refresh;

CREATE VIEW ops.v_data_freshness_status AS
 SELECT health.source_name,
    health.max_business_date,
    health.business_days_lag,
    health.max_ingestion_ts,
    health.ingestion_lag_interval,
    health.rows_business_yesterday,
    health.rows_business_today,
    health.rows_ingested_yesterday,
    health.rows_ingested_today,
    health.last_ingestion_date,
    health.total_rows,
    health.rubbish_count,
    health.rows_dated_ahead,
    COALESCE(duplicates.rows_count, (0)::bigint) AS duplicate_count
   FROM (ops.v_data_freshness_status_at(now()) health(source_name, max_business_date, business_days_lag, max_ingestion_ts, ingestion_lag_interval, rows_business_yesterday, rows_business_today, rows_ingested_yesterday, rows_ingested_today, last_ingestion_date, total_rows, rubbish_count, rows_dated_ahead)
     LEFT JOIN ops.source_duplicates_now() duplicates(source_name, rows_count) ON ((duplicates.source_name = health.source_name)));

CREATE VIEW ops.v_data_health_status AS
 SELECT health.source_name,
    health.source_type,
    health.max_business_date,
    health.business_days_lag,
    health.max_ingestion_ts,
    health.ingestion_lag_interval,
    health.rows_business_yesterday,
    health.rows_business_today,
    health.rows_ingested_yesterday,
    health.rows_ingested_today,
    health.health_status,
    health.severity,
    health.states,
    health.expected_cadence,
    health.due_at,
    health.rubbish_count,
    health.total_rows,
    health.rows_dated_ahead,
    health.is_optional,
    health.checked_at,
    COALESCE(duplicates.rows_count, (0)::bigint) AS duplicate_count,
        CASE
            WHEN (health.health_status = 'CHECK_FAILED'::text) THEN problems.problem
            ELSE NULL::text
        END AS problem,
        CASE
            WHEN (health.due_at IS NOT NULL) THEN GREATEST((health.checked_at - health.due_at), '00:00:00'::interval)
            ELSE NULL::interval
        END AS late_by,
    health.volume_day,
    health.rows_of_day,
    health.usual_rows,
    health.least_rows,
    health.rows_before
   FROM ((ops.source_health_at(now()) health(source_name, source_type, max_business_date, business_days_lag, max_ingestion_ts, ingestion_lag_interval, rows_business_yesterday, rows_business_today, rows_ingested_yesterday, rows_ingested_today, health_status, severity, states, expected_cadence, due_at, rubbish_count, total_rows, rows_dated_ahead, is_optional, checked_at, volume_day, rows_of_day, usual_rows, least_rows, rows_before)
     LEFT JOIN ops.source_duplicates_now() duplicates(source_name, rows_count) ON ((duplicates.source_name = health.source_name)))
     LEFT JOIN ops.source_problems_now() problems(source_name, problem, code) ON ((problems.source_name = health.source_name)));

CREATE VIEW ops.v_data_ingestion_daily AS
 SELECT source_name,
    metric_type,
    metric_date,
    rows_count
   FROM ops.v_data_ingestion_daily_at(now()) health(source_name, metric_type, metric_date, rows_count);

CREATE VIEW ops.v_data_sources_catalog AS
 SELECT source_name,
    schema_name,
    object_name,
    source_type,
    business_date_expr,
    ingestion_ts_expr,
    expected_cadence,
    is_optional,
    grace,
    stamp_zone,
    weekdays
   FROM ops.source_expectations source;

CREATE VIEW ops.v_driver_accounts AS
 SELECT driver_id,
    park_id,
    full_name_norm,
    phone_norm,
    license_norm,
    plate_norm,
    brand_norm,
    model_norm,
    hire_date,
    account_group,
    canon.read_drivers_written(driver_id) AS written
   FROM canon.drivers_index driver;

CREATE VIEW ops.v_driver_daily_trips AS
 SELECT driver_id,
    trip_date,
    sum(trips) AS trips
   FROM ( SELECT loaded.driver_id,
            loaded.trip_date,
            loaded.trips,
            row_number() OVER (PARTITION BY loaded.driver_id, loaded.trip_date, loaded.part ORDER BY loaded.loaded_at DESC NULLS LAST, loaded.row_age, loaded.row_place DESC) AS version
           FROM canon.source_daily_trips loaded
          WHERE (loaded.trip_date IS NOT NULL)) daily
  WHERE (version = 1)
  GROUP BY driver_id, trip_date;

CREATE VIEW ops.v_human_decisions AS
 SELECT id,
    kind,
    person_key,
    source_table,
    source_pk,
    reverted_run_id,
    before,
    after,
    reason,
    decided_by,
    decided_at,
    dag_run_id,
    (( SELECT queued.person_key
           FROM canon.payment_queue queued
          WHERE (queued.person_key = decision.person_key)) IS NOT NULL) AS awaits_money
   FROM ops.human_decisions decision;

CREATE VIEW ops.v_identity_contested AS
 SELECT contested.source_table,
    contested.source_pk,
    link.match_rule,
    link.person_key,
    contested.candidates,
    contested.since,
    contested.reason_code,
        CASE
            WHEN (held.source_pk IS NOT NULL) THEN jsonb_strip_nulls((record.payload || jsonb_build_object('event_date', record.event_date, 'scout_id', record.scout_id, 'name', record.name_norm, 'phone', record.phone_norm, 'license', record.license_norm, 'plate', record.plate_norm)))
            ELSE NULL::jsonb
        END AS content_before,
        CASE
            WHEN (held.source_pk IS NOT NULL) THEN jsonb_strip_nulls((held.payload || jsonb_build_object('event_date', held.event_date, 'scout_id', held.scout_id, 'name', held.name_norm, 'phone', held.phone_norm, 'license', held.license_norm, 'plate', held.plate_norm)))
            ELSE NULL::jsonb
        END AS content_now
   FROM (((canon.identity_contested contested
     LEFT JOIN canon.identity_links link USING (source_table, source_pk))
     LEFT JOIN canon.replaced_records held USING (source_table, source_pk))
     LEFT JOIN canon.records_index record USING (source_table, source_pk));

CREATE VIEW ops.v_identity_horizon AS
 SELECT id AS run_id,
    (((((parameters ->> 'snapshot_xmin'::text))::numeric % ('4294967296'::bigint)::numeric))::text)::xid AS oldest_open_transaction
   FROM ops.ingestion_runs run
  WHERE ((parameters ? 'snapshot_xmin'::text) AND (scope_date_from IS NULL) AND (scope_date_to IS NULL) AND (NOT (parameters ? 'source_tables'::text)) AND (EXISTS ( SELECT 1
           FROM ops.run_steps step
          WHERE ((step.run_id = run.id) AND (step.step = 'lead_events'::text)))))
  ORDER BY id DESC
 LIMIT 1;

CREATE VIEW ops.v_identity_links AS
 SELECT link.source_table,
    link.source_pk,
    link.person_key,
    link.match_rule,
    link.match_score,
    link.confidence_level,
    link.matched_driver_id,
    link.evidence,
    link.snapshot_date,
    link.linked_at,
    link.run_id,
    (run.parameters IS NULL) AS is_of_older_program,
    link.match_probability
   FROM (canon.identity_links link
     LEFT JOIN ops.ingestion_runs run ON ((run.id = link.run_id)));

CREATE VIEW ops.v_identity_records AS
 SELECT source_table,
    source_pk,
    event_date,
    recorded_at,
    name_norm,
    phone_norm,
    license_norm,
    plate_norm,
    car_fingerprint,
    driver_id,
    scout_id,
    origin_tag,
    updated_at,
    payload AS written
   FROM canon.records_index record;

CREATE VIEW ops.v_identity_unmatched AS
 SELECT source_table,
    source_pk,
    reason_code,
    status,
    details,
    candidates_preview,
    snapshot_date,
    created_at,
    resolved_at,
    run_id,
    event_date,
    match_probability
   FROM canon.identity_unmatched unmatched;

CREATE VIEW ops.v_ingestion_runs AS
 SELECT id AS run_id,
    (job_type)::text AS job_type,
    (status)::text AS status,
    started_at,
    completed_at AS ended_at,
    (EXTRACT(epoch FROM (completed_at - started_at)))::integer AS duration_seconds,
    scope_date_from,
    scope_date_to,
    incremental,
    (stats)::jsonb AS summary,
    error_message AS error,
    dag_id,
    dag_run_id,
        CASE
            WHEN (status = 'RUNNING'::public.runstatus) THEN (EXTRACT(epoch FROM (now() - GREATEST(started_at, heartbeat_at, ( SELECT max(step.finished_at) AS max
               FROM ops.run_steps step
              WHERE (step.run_id = run.id))))))::double precision
            ELSE NULL::double precision
        END AS silent_seconds,
    parameters
   FROM ops.ingestion_runs run;

CREATE VIEW ops.v_yango_cabinet_claims_for_collection AS
 SELECT claim.driver_id,
    claim.person_key,
    (COALESCE(driver.full_name, NULLIF(driver.name_parts, ''::text)))::character varying AS driver_name,
    claim.milestone_value,
    claim.lead_date,
    claim.expected_amount,
    claim.due_date AS yango_due_date,
    claim.days_overdue AS days_overdue_yango,
        CASE
            WHEN (claim.days_overdue = 0) THEN '0_not_due'::text
            WHEN (claim.days_overdue <= 7) THEN '1_1_7'::text
            WHEN (claim.days_overdue <= 14) THEN '2_8_14'::text
            WHEN (claim.days_overdue <= 30) THEN '3_15_30'::text
            ELSE '4_30_plus'::text
        END AS overdue_bucket_yango,
        CASE
            WHEN claim.paid_flag THEN 'PAID'::text
            WHEN (claim.reason_code = 'payment_found_other_milestone'::text) THEN 'PAID_MISAPPLIED'::text
            ELSE 'UNPAID'::text
        END AS yango_payment_status,
    claim.payment_key,
    claim.paid_date AS pay_date,
    claim.reason_code,
    COALESCE(claim.payment_match_rule, 'no_match'::text) AS match_rule,
    COALESCE(claim.payment_match_confidence, 'low'::text) AS match_confidence,
    COALESCE(claim.payment_identity_status, 'no_match'::text) AS identity_status,
    (claim.driver_id)::text AS suggested_driver_id,
    COALESCE(((claim.payment_identity_status = ANY (ARRAY['confirmed'::text, 'enriched'::text])) AND ((claim.payment_match_confidence = 'high'::text) OR ((claim.payment_match_confidence = 'medium'::text) AND (claim.payment_match_rule = 'name_unique'::text)))), false) AS is_reconcilable_enriched,
    COALESCE(claim.currency, (( SELECT ops.default_currency() AS default_currency))::text) AS currency,
    claim.candidate_driver_ids,
    claim.payment_keys
   FROM ((( VALUES (NULL::text,NULL::text[],NULL::text[])) absent(currency, candidate_driver_ids, payment_keys)
     CROSS JOIN LATERAL ( SELECT status.driver_id,
            status.person_key,
            status.milestone_value,
            status.lead_date,
            status.expected_amount,
            status.due_date,
            status.days_overdue,
            status.paid_flag,
            status.reason_code,
            status.payment_key,
            status.paid_date,
            status.payment_match_rule,
            status.payment_match_confidence,
            status.payment_identity_status,
            status.currency,
            status.candidate_driver_ids,
            status.payment_keys
           FROM ops.v_claims_payment_status_cabinet status) claim)
     LEFT JOIN canon.read_drivers_names() driver(driver_id, full_name, name_parts) ON ((driver.driver_id = (claim.driver_id)::text)));

CREATE VIEW ops.v_kept_claim_differences AS
 WITH state AS (
         SELECT ((mod(((kept.trips_horizon)::text)::numeric, ('4294967296'::bigint)::numeric))::text)::xid AS trips_since
           FROM (canon.read_model_refreshes kept
             CROSS JOIN ops.payment_settings() present(settings, trips_identity, trips_seen, horizon, next_transaction))
          WHERE ((kept.read_model = 'cabinet_claims'::text) AND (kept.settings = present.settings) AND (kept.trips_identity = present.trips_identity) AND ( SELECT bool_and((strpos(obj_description((to_regclass(used.view_name))::oid), 'Control Tower created'::text) > 0)) AS bool_and
                   FROM unnest(ARRAY['ops.v_yango_payments_ledger_latest'::text, 'ops.v_yango_payments_ledger_latest_enriched'::text, 'ops.v_claims_payment_status_cabinet'::text, 'ops.v_yango_cabinet_claims_for_collection'::text, 'ops.v_cabinet_financial_14d'::text]) used(view_name)))
        ), compared AS (
         SELECT shown.is_kept,
            (shown.claim ->> 'driver_id'::text) AS driver_id,
            ((shown.claim ->> 'person_key'::text))::uuid AS person_key,
            (shown.claim - '{driver_name,days_overdue_yango,overdue_bucket_yango,payment_keys,candidate_driver_ids}'::text[]) AS money,
            (shown.claim -> 'candidate_driver_ids'::text) AS candidates
           FROM ( SELECT true AS is_kept,
                    to_jsonb(claim.*) AS claim
                   FROM canon.cabinet_claims claim
                UNION ALL
                 SELECT false,
                    to_jsonb(claim.*) AS to_jsonb
                   FROM ops.v_yango_cabinet_claims_for_collection claim) shown
          WHERE (EXISTS ( SELECT 1
                   FROM state))
        UNION ALL
         SELECT shown.is_kept,
            (shown.days ->> 'driver_id'::text),
            ((shown.days ->> 'person_key'::text))::uuid AS uuid,
            (shown.days - '{driver_name,person_key}'::text[]),
            NULL::jsonb
           FROM ( SELECT true AS is_kept,
                    to_jsonb(financial.*) AS days
                   FROM canon.cabinet_financials financial
                UNION ALL
                 SELECT false,
                    to_jsonb(financial.*) AS to_jsonb
                   FROM ops.v_cabinet_financial_14d financial) shown
          WHERE (EXISTS ( SELECT 1
                   FROM state))
        ), unlike AS (
         SELECT compared.driver_id,
            (max((compared.person_key)::text))::uuid AS person_key,
            compared.money,
            bool_or(compared.is_kept) AS is_kept,
            COALESCE((max((NULLIF(compared.candidates, 'null'::jsonb))::text))::jsonb, '[]'::jsonb) AS candidates
           FROM compared
          GROUP BY compared.driver_id, compared.money
         HAVING (count(*) = 1)
        ), unread_payments AS MATERIALIZED (
         SELECT unread.payment_key,
            unread.driver_id,
            unread.person_key
           FROM ( SELECT latest.payment_key,
                    latest.milestone_value,
                    latest.pay_date,
                    latest.driver_id,
                    latest.person_key
                   FROM ops.v_yango_payments_ledger_latest latest
                  WHERE (latest.is_paid AND (EXISTS ( SELECT 1
                           FROM unlike unlike_1)))
                UNION ALL
                 SELECT paid.payment_key,
                    paid.milestone_value,
                    paid.pay_date,
                    paid.driver_id,
                    paid.person_key
                   FROM canon.paid_payments paid
                  WHERE (EXISTS ( SELECT 1
                           FROM unlike unlike_1))) unread
          GROUP BY unread.payment_key, unread.milestone_value, unread.pay_date, unread.driver_id, unread.person_key
         HAVING (count(*) = 1)
        ), unread AS (
         SELECT link_1.person_key
           FROM canon.identity_links link_1
          WHERE (((link_1.source_table)::text = 'drivers'::text) AND ((link_1.source_pk)::text IN ( SELECT queued.value
                   FROM canon.cabinet_claims_queue queued
                  WHERE (queued.kind = 'driver'::text)
                UNION ALL
                 SELECT payment.driver_id
                   FROM unread_payments payment
                  WHERE (payment.driver_id IS NOT NULL)
                UNION ALL
                 SELECT unlike_1.driver_id
                   FROM (unlike unlike_1
                     JOIN unread_payments payment ON ((payment.payment_key = (unlike_1.money ->> 'payment_key'::text))))
                UNION ALL
                 SELECT unlike_1.driver_id
                   FROM ((unlike unlike_1
                     CROSS JOIN LATERAL jsonb_array_elements_text(unlike_1.candidates) candidate(driver_id))
                     LEFT JOIN canon.drivers_index account ON (((account.driver_id)::text = candidate.driver_id)))
                  WHERE (account.driver_id IS NULL)
                UNION ALL
                 SELECT trip.driver_id
                   FROM (canon.source_trip_versions trip
                     CROSS JOIN state)
                  WHERE ((EXISTS ( SELECT 1
                           FROM unlike unlike_1)) AND (age(trip.row_version) <= age(state.trips_since))))))
        UNION ALL
         SELECT (queued.value)::uuid AS value
           FROM canon.cabinet_claims_queue queued
          WHERE (queued.kind = 'person'::text)
        UNION ALL
         SELECT payment.person_key
           FROM unread_payments payment
        )
 SELECT COALESCE(unlike.person_key, link.person_key) AS person_key,
    unlike.driver_id,
        CASE
            WHEN unlike.is_kept THEN unlike.money
            ELSE NULL::jsonb
        END AS kept,
        CASE
            WHEN (NOT unlike.is_kept) THEN unlike.money
            ELSE NULL::jsonb
        END AS derived
   FROM (unlike
     LEFT JOIN canon.identity_links link ON ((((link.source_table)::text = 'drivers'::text) AND ((link.source_pk)::text = unlike.driver_id))))
  WHERE (NOT (EXISTS ( SELECT 1
           FROM unread
          WHERE (unread.person_key = ANY (ARRAY[unlike.person_key, link.person_key])))))
  ORDER BY unlike.driver_id;

CREATE VIEW ops.v_lead_events AS
 SELECT source_table,
    source_pk,
    event_date,
    person_key,
    scout_id,
    payload_json,
    created_at
   FROM observational.lead_events event;

CREATE VIEW ops.v_lead_ledger AS
 SELECT person_key,
    attributed_source,
    attributed_scout_id,
    attribution_rule,
    attribution_score,
    (confidence_level)::text AS confidence_level,
    (decision_status)::text AS decision_status,
    evidence_json,
    conflict_since,
    updated_at
   FROM observational.lead_ledger ledger;

CREATE VIEW ops.v_liquidation_periods AS
 SELECT period.id AS period_id,
    period.period_start,
    period.period_end,
    period.closed_by,
    period.closed_at,
    period.reason,
    held.scouts,
    held.statements,
    held.lines,
    held.corrections
   FROM (ops.liquidation_periods period
     CROSS JOIN LATERAL ( SELECT count(DISTINCT statement.scout_id) AS scouts,
            count(*) AS statements,
            COALESCE(sum(statement.line_count), (0)::bigint) AS lines,
            COALESCE(sum(statement.correction_count), (0)::bigint) AS corrections
           FROM ops.scout_statements statement
          WHERE (statement.period_id = period.id)) held);

CREATE VIEW ops.v_match_calibration AS
 WITH bands(begins) AS (
         VALUES (ARRAY[(0)::double precision, (0.5)::double precision, (0.9)::double precision, (0.97)::double precision, (0.99)::double precision, (0.999)::double precision, (1)::double precision])
        ), machine_said AS (
         SELECT DISTINCT ON (decision.source_table, decision.source_pk) link.person_key,
            link.matched_driver_id,
            NULLIF((decision.before -> 'link'::text), 'null'::jsonb) AS link,
                CASE
                    WHEN ((decision.before #> '{contested,candidates}'::text[]) IS NOT NULL) THEN (decision.before #> '{contested,candidates,0}'::text[])
                    WHEN ((decision.before #>> '{unmatched,status}'::text[]) = 'OPEN'::text) THEN (decision.before #> '{unmatched,candidates_preview,0}'::text[])
                    ELSE NULL::jsonb
                END AS candidate
           FROM ((ops.human_decisions decision
             LEFT JOIN canon.identity_links link USING (source_table, source_pk))
             LEFT JOIN canon.identity_unmatched unmatched USING (source_table, source_pk))
          WHERE ((decision.kind = 'resolve_unmatched_lead'::text) AND (((link.match_rule)::text = 'MANUAL'::text) OR ((unmatched.status = 'IGNORED'::public.unmatchedstatus) AND (unmatched.details ? 'decision'::text))) AND ((decision.before #>> '{link,match_rule}'::text[]) IS DISTINCT FROM 'MANUAL'::text) AND ((decision.before #>> '{unmatched,status}'::text[]) IS DISTINCT FROM 'IGNORED'::text) AND ((decision.before #>> '{contested,reason_code}'::text[]) IS DISTINCT FROM 'REPLACED_RECORD'::text))
          ORDER BY decision.source_table, decision.source_pk, decision.id DESC
        ), observed AS (
         SELECT link.match_rule,
            link.match_probability AS probability,
            count(*) AS links,
            0 AS contested,
            0 AS undone,
            0 AS decided,
            0 AS chosen
           FROM canon.identity_links link
          WHERE ((link.match_probability IS NOT NULL) AND ((link.match_rule)::text <> 'MANUAL'::text))
          GROUP BY link.match_rule, link.match_probability
        UNION ALL
         SELECT link.match_rule,
            link.match_probability,
            0,
            1,
            0,
            0,
            0
           FROM (canon.identity_contested contested
             JOIN canon.identity_links link USING (source_table, source_pk))
          WHERE ((contested.reason_code <> 'REPLACED_RECORD'::text) AND (link.match_probability IS NOT NULL) AND ((link.match_rule)::text <> 'MANUAL'::text))
        UNION ALL
         SELECT (said.link ->> 'match_rule'::text),
            ((said.link ->> 'match_probability'::text))::double precision AS float8,
            1,
            0,
                CASE
                    WHEN (said.person_key = COALESCE(alias.survivor_key, ((said.link ->> 'person_key'::text))::uuid)) THEN 0
                    ELSE 1
                END AS "case",
            0,
            0
           FROM (machine_said said
             LEFT JOIN canon.identity_aliases alias ON ((alias.person_key = ((said.link ->> 'person_key'::text))::uuid)))
          WHERE ((said.link ->> 'match_probability'::text) IS NOT NULL)
        UNION ALL
         SELECT (said.candidate ->> 'rule'::text),
            ((said.candidate ->> 'probability'::text))::double precision AS float8,
            0,
            0,
            0,
            1,
                CASE
                    WHEN (((said.matched_driver_id)::text = (said.candidate ->> 'driver_id'::text)) OR (said.person_key = account.person_key) OR (said.person_key = COALESCE(alias.survivor_key, ((said.candidate ->> 'person_key'::text))::uuid))) THEN 1
                    ELSE 0
                END AS "case"
           FROM ((machine_said said
             LEFT JOIN canon.identity_links account ON ((((account.source_table)::text = 'drivers'::text) AND ((account.source_pk)::text = (said.candidate ->> 'driver_id'::text)))))
             LEFT JOIN canon.identity_aliases alias ON ((alias.person_key = ((said.candidate ->> 'person_key'::text))::uuid)))
          WHERE ((said.candidate ->> 'probability'::text) IS NOT NULL)
        )
 SELECT observed.match_rule,
    bands.begins[width_bucket(observed.probability, bands.begins[:6])] AS probability_from,
    bands.begins[(width_bucket(observed.probability, bands.begins[:6]) + 1)] AS probability_to,
    (sum(observed.links))::bigint AS links_made,
    sum(observed.contested) AS links_contested_now,
    sum(observed.undone) AS links_undone_by_humans,
    (sum((observed.probability * (observed.links)::double precision)) / (NULLIF(sum(observed.links), (0)::numeric))::double precision) AS links_mean_probability,
    sum(observed.decided) AS decided_by_humans,
    sum(observed.chosen) AS decided_for_first_candidate,
    (sum((observed.probability * (observed.decided)::double precision)) / (NULLIF(sum(observed.decided), 0))::double precision) AS decided_mean_probability
   FROM (observed
     CROSS JOIN bands)
  GROUP BY observed.match_rule, bands.begins[width_bucket(observed.probability, bands.begins[:6])], bands.begins[(width_bucket(observed.probability, bands.begins[:6]) + 1)];

CREATE VIEW ops.v_match_weights AS
 SELECT weight.comparison,
    weight.level,
    weight.m,
    weight.u,
    weight.household,
    COALESCE(version.version, 0) AS version,
    version.people
   FROM (canon.match_weights weight
     LEFT JOIN canon.weights_in_force version ON (true));

CREATE VIEW ops.v_merged_persons AS
 SELECT person_key,
    survivor_key,
    reason,
    run_id,
    merged_at
   FROM canon.identity_aliases alias;

CREATE VIEW ops.v_payment_calculation AS
 SELECT person_key,
    origin_tag,
    scout_id,
    driver_id,
    lead_date,
    rule_id,
    rule_scope,
    milestone_trips,
    window_days,
    currency,
    amount,
    rule_valid_from,
    rule_valid_to,
    milestone_achieved,
    achieved_date,
    achieved_trips_in_window,
    is_payable,
    payable_date,
    payment_scheme
   FROM canon.lead_milestones;

CREATE VIEW ops.v_money_differences AS
 WITH theirs AS (
         SELECT calculated.person_key,
            calculated.origin_tag,
            calculated.rule_scope,
            calculated.milestone_trips,
            (calculated.currency)::text AS currency,
            sum(calculated.amount) AS amount
           FROM ops.v_payment_calculation calculated
          WHERE calculated.is_payable
          GROUP BY calculated.person_key, calculated.origin_tag, calculated.rule_scope, calculated.milestone_trips, calculated.currency
        ), ours AS (
         SELECT milestone.person_key,
            milestone.origin_tag,
            milestone.rule_scope,
            milestone.milestone_trips,
            (milestone.currency)::text AS currency,
            sum(milestone.amount) AS amount
           FROM canon.lead_milestones milestone
          WHERE milestone.is_payable
          GROUP BY milestone.person_key, milestone.origin_tag, milestone.rule_scope, milestone.milestone_trips, milestone.currency
        )
 SELECT person_key,
    origin_tag,
    rule_scope,
    milestone_trips,
    currency,
    COALESCE(theirs.amount, (0)::numeric) AS their_amount,
    COALESCE(ours.amount, (0)::numeric) AS our_amount,
    (COALESCE(theirs.amount, (0)::numeric) - COALESCE(ours.amount, (0)::numeric)) AS difference
   FROM (theirs
     FULL JOIN ours USING (person_key, origin_tag, rule_scope, milestone_trips, currency))
  WHERE (COALESCE(theirs.amount, (0)::numeric) <> COALESCE(ours.amount, (0)::numeric));

CREATE VIEW ops.v_name_words AS
 SELECT value AS word,
    people
   FROM canon.value_frequencies frequency
  WHERE (kind = 'word'::text);

CREATE VIEW ops.v_open_alerts AS
 SELECT alert.id,
    alert.cause,
    alert.severity,
    alert.worst_severity,
    alert.opened_at,
    alert.age,
    alert.problems,
    alert.checks,
    alert.messages,
    alert.last_message_at,
    alert.acknowledged_at,
    alert.acknowledged_by,
    alert.acknowledge_reason,
    alert.heals,
    mute.muted_until,
    mute.muted_by,
    mute.reason AS mute_reason
   FROM (ops.v_alert_history alert
     LEFT JOIN LATERAL ( SELECT in_force.muted_until,
            in_force.muted_by,
            in_force.reason
           FROM ops.alert_mutes in_force
          WHERE ((in_force.target = alert.cause) AND (in_force.ended_at IS NULL) AND (in_force.muted_until > now()) AND ((in_force.episode_id IS NULL) OR (in_force.episode_id = alert.id)))
          ORDER BY in_force.muted_until DESC
         LIMIT 1) mute ON (true))
  WHERE (alert.closed_at IS NULL);

CREATE VIEW ops.v_payment_rule_overlaps AS
 WITH rules AS (
         SELECT rule.rule_scope,
            rule.rule_id,
            rule.origin_tag,
            rule.milestone_trips,
            rule.window_days,
            rule.currency,
            rule.amount,
            rule.valid_from,
            rule.valid_to,
            (datemultirange(daterange(rule.valid_from, rule.valid_to, '[]'::text)) - COALESCE(( SELECT range_agg(daterange(raised.valid_from, raised.valid_to, '[]'::text)) AS range_agg
                   FROM ops.v_payment_rules raised
                  WHERE ((raised.rule_scope = rule.rule_scope) AND (raised.origin_tag = rule.origin_tag) AND (raised.milestone_trips = rule.milestone_trips) AND (raised.window_days = rule.window_days) AND ((raised.currency)::text = (rule.currency)::text) AND (raised.valid_from > rule.valid_from))), '{}'::datemultirange)) AS days
           FROM ops.v_payment_rules rule
        )
 SELECT one.rule_scope,
    one.origin_tag,
    one.milestone_trips,
    one.rule_id,
    one.window_days,
    one.currency,
    one.amount,
    other.rule_id AS other_rule_id,
    other.window_days AS other_window_days,
    other.currency AS other_currency,
    other.amount AS other_amount,
    ((one.days * other.days))::text AS days_in_force
   FROM (rules one
     JOIN rules other ON (((other.rule_scope = one.rule_scope) AND (other.origin_tag = one.origin_tag) AND (other.milestone_trips = one.milestone_trips) AND (other.rule_id > one.rule_id))))
  WHERE (one.days && other.days);

CREATE VIEW ops.v_payments_without_claim AS
 SELECT open.payment_key,
    open.payment_id,
    open.pay_date,
    open.driver_id,
    open.person_key,
    open.driver_name,
    open.milestone_value,
    open.lead_date,
    open.expected_amount,
    open.currency,
    open.since,
    open.run_id,
    open.reason_code,
    explained.explained_by,
    explained.explained_at,
    explained.explanation
   FROM (canon.payments_without_claim open
     LEFT JOIN canon.payment_explanations explained ON ((explained.payment_key = open.payment_key)))
  WHERE open.is_paid;

CREATE VIEW ops.v_personal_data_access AS
 SELECT id,
    action,
    person_key,
    subject,
    is_unmasked,
    seen_by,
    seen_at
   FROM ops.personal_data_access access;

CREATE VIEW ops.v_persons_without_scout_categorized AS
 SELECT person_key,
    category,
        CASE category
            WHEN 'C'::text THEN 'LEGACY'::text
            WHEN 'D'::text THEN 'SCOUT_EN_EVENTOS_NO_PROPAGADO'::text
            ELSE 'EVENTOS_SIN_SCOUT'::text
        END AS category_label,
    scout_id,
    ( SELECT array_agg(DISTINCT event.source_table) AS array_agg
           FROM observational.lead_events event
          WHERE (event.person_key = person.person_key)) AS source_tables,
    ( SELECT array_agg(DISTINCT (event.payload_json ->> 'origin_tag'::text)) AS array_agg
           FROM observational.lead_events event
          WHERE (event.person_key = person.person_key)) AS origin_tags,
    first_event_date,
    last_event_date,
    event_count
   FROM canon.persons_without_scout person;

CREATE VIEW ops.v_pipeline_health AS
 SELECT job_type,
    severity,
    state,
    states,
    last_completed_at,
    age,
    last_run_id,
    last_run_status,
    last_run_error,
    running_since,
    is_paused,
    checked_at,
    dag_id
   FROM ops.v_pipeline_health_at(now()) health(job_type, severity, state, states, last_completed_at, age, last_run_id, last_run_status, last_run_error, running_since, is_paused, checked_at, dag_id);

CREATE VIEW ops.v_read_model_refreshes AS
 SELECT read_model,
    refreshed_at,
    run_id
   FROM canon.read_model_refreshes kept
  WHERE isfinite(refreshed_at);

CREATE VIEW ops.v_review_cases AS
 SELECT case_kind,
    case_key,
    person_key,
    source_table,
    source_pk,
    payment_key,
    reason_code,
    since,
    probability,
    amount,
    currency,
    scout_ids,
    park_id,
        CASE
            WHEN (case_kind = 'CONFLICT'::text) THEN ( SELECT md5(concat_ws('|'::text, ledger.decision_status, ledger.attributed_scout_id, (ledger.evidence_json ->> 'conflict_reason'::text), ( SELECT string_agg(concat_ws(','::text, event.source_table, event.source_pk, event.scout_id, event.event_date), ';'::text ORDER BY event.id) AS string_agg
                       FROM observational.lead_events event
                      WHERE (event.person_key = ledger.person_key)), ( SELECT max(decision.id) AS max
                       FROM ops.human_decisions decision
                      WHERE ((decision.person_key = ledger.person_key) AND (decision.source_pk IS NULL))))) AS md5
               FROM observational.lead_ledger ledger
              WHERE (ledger.person_key = waiting.person_key))
            WHEN (case_kind = 'UNEXPLAINED_PAYMENT'::text) THEN ( SELECT md5(concat_ws('|'::text, (payment.*)::text, ( SELECT max(decision.id) AS max
                       FROM ops.human_decisions decision
                      WHERE ((decision.source_table = 'yango_payment_ledger'::text) AND (decision.source_pk = payment.payment_key))))) AS md5
               FROM canon.payments_without_claim payment
              WHERE (payment.payment_key = waiting.payment_key))
            ELSE ( SELECT md5(concat_ws('|'::text, unmatched.status, unmatched.reason_code, unmatched.details, unmatched.candidates_preview, contested.reason_code, contested.candidates, held.payload, link.person_key, link.match_rule, record.name_norm, record.phone_norm, record.license_norm, record.plate_norm, record.event_date, record.scout_id, ( SELECT max(decision.id) AS max
                       FROM ops.human_decisions decision
                      WHERE ((decision.source_table = waiting.source_table) AND (decision.source_pk = waiting.source_pk))))) AS md5
               FROM (((((( VALUES (waiting.source_table,waiting.source_pk)) named(source_table, source_pk)
                 LEFT JOIN canon.identity_unmatched unmatched USING (source_table, source_pk))
                 LEFT JOIN canon.identity_contested contested USING (source_table, source_pk))
                 LEFT JOIN canon.replaced_records held USING (source_table, source_pk))
                 LEFT JOIN canon.identity_links link USING (source_table, source_pk))
                 LEFT JOIN canon.records_index record USING (source_table, source_pk)))
        END AS case_version,
    ( SELECT postponed.postponed_until
           FROM ops.review_postponements postponed
          WHERE ((postponed.case_kind = waiting.case_kind) AND (postponed.case_key = waiting.case_key))) AS postponed_until,
    worth
   FROM canon.review_cases waiting
  WHERE
        CASE case_kind
            WHEN 'CONFLICT'::text THEN ( SELECT (ledger.decision_status = 'conflict'::public.decisionstatus)
               FROM observational.lead_ledger ledger
              WHERE (ledger.person_key = waiting.person_key))
            WHEN 'UNMATCHED'::text THEN ( SELECT (unmatched.status = 'OPEN'::public.unmatchedstatus)
               FROM canon.identity_unmatched unmatched
              WHERE (((unmatched.source_table)::text = waiting.source_table) AND ((unmatched.source_pk)::text = waiting.source_pk)))
            WHEN 'UNEXPLAINED_PAYMENT'::text THEN ( SELECT (payment.is_paid AND (explained.payment_key IS NULL))
               FROM (canon.payments_without_claim payment
                 LEFT JOIN canon.payment_explanations explained ON ((explained.payment_key = payment.payment_key)))
              WHERE (payment.payment_key = waiting.payment_key))
            ELSE ( SELECT true
               FROM canon.identity_contested contested
              WHERE (((contested.source_table)::text = waiting.source_table) AND ((contested.source_pk)::text = waiting.source_pk)))
        END;

CREATE VIEW ops.v_review_counts AS
 SELECT case_kind,
    ( SELECT count(*) AS count
           FROM canon.review_cases waiting
          WHERE (waiting.case_kind = kind.case_kind)) AS cases,
    ( SELECT count(*) AS count
           FROM ((ops.review_postponements postponed
             JOIN canon.review_cases waiting USING (case_kind, case_key))
             CROSS JOIN canon.local_today local)
          WHERE ((postponed.case_kind = kind.case_kind) AND (postponed.postponed_until > local.today))) AS postponed
   FROM ( VALUES ('CONFLICT'::text), ('UNMATCHED'::text), ('CONTESTED'::text), ('REPLACED'::text), ('UNEXPLAINED_PAYMENT'::text)) kind(case_kind)
  WHERE (EXISTS ( SELECT 1
           FROM canon.review_cases kept
          WHERE (kept.case_kind = kind.case_kind)));

CREATE VIEW ops.v_run_steps AS
 SELECT run_id,
    step,
    (finished_at - make_interval(secs => (seconds)::double precision)) AS started_at,
    finished_at,
    (seconds)::double precision AS seconds,
    rows_changed,
    detail
   FROM ops.run_steps step;

CREATE VIEW ops.v_scout_attribution AS
 SELECT claimed.person_key,
    COALESCE((event.payload_json ->> 'driver_id'::text), ( SELECT min((link.source_pk)::text) AS min
           FROM canon.identity_links link
          WHERE ((link.person_key = claimed.person_key) AND ((link.source_table)::text = 'drivers'::text)))) AS driver_id,
    COALESCE((event.payload_json ->> 'driver_license'::text), (person.primary_license)::text) AS driver_license,
    COALESCE((event.payload_json ->> 'driver_phone'::text), (person.primary_phone)::text) AS driver_phone,
    claimed.scout_id,
    (event.payload_json ->> 'acquisition_method'::text) AS acquisition_method,
    (
        CASE
            WHEN claimed.is_in_ledger THEN 'lead_ledger'::character varying
            ELSE event.source_table
        END)::text AS source_table,
    (
        CASE
            WHEN claimed.is_in_ledger THEN ((claimed.person_key)::text)::character varying
            ELSE event.source_pk
        END)::text AS source_pk,
    COALESCE(event.event_date, ((claimed.updated_at AT TIME ZONE ( SELECT zone.timezone
           FROM ops.local_time_zone zone)))::date) AS attribution_date,
    COALESCE(event.created_at, claimed.updated_at) AS created_at,
        CASE
            WHEN claimed.is_in_ledger THEN 1
            WHEN ((event.source_table)::text = 'module_ct_migrations'::text) THEN 3
            WHEN ((event.source_table)::text = 'module_ct_scouting_daily'::text) THEN 4
            ELSE 2
        END AS priority,
    claimed.is_conflict
   FROM ((canon.claimed_persons claimed
     LEFT JOIN observational.lead_events event ON ((event.id = claimed.first_claim_id)))
     LEFT JOIN canon.identity_registry person ON ((person.person_key = claimed.person_key)));

CREATE VIEW ops.v_scout_attribution_conflicts AS
 SELECT person_key,
    scouts AS distinct_scout_count,
    ( SELECT array_agg(DISTINCT claim.scout_id ORDER BY claim.scout_id) AS array_agg
           FROM unnest(conflict.claimants) claim(scout_id)
          WHERE (claim.scout_id IS NOT NULL)) AS scout_ids,
    ( SELECT array_agg(DISTINCT claim.source_table ORDER BY claim.source_table) AS array_agg
           FROM ( SELECT (event.source_table)::text AS source_table
                   FROM observational.lead_events event
                  WHERE ((event.person_key = conflict.person_key) AND (event.scout_id IS NOT NULL))
                UNION ALL
                 SELECT 'lead_ledger'::text
                  WHERE (conflict.ledger_scout_id IS NOT NULL)) claim) AS sources,
    ( SELECT array_agg(DISTINCT claim.origin_tag ORDER BY claim.origin_tag) AS array_agg
           FROM ( SELECT (event.payload_json ->> 'origin_tag'::text) AS origin_tag
                   FROM observational.lead_events event
                  WHERE ((event.person_key = conflict.person_key) AND (event.scout_id IS NOT NULL))
                UNION ALL
                 SELECT NULL::text
                  WHERE (conflict.ledger_scout_id IS NOT NULL)) claim) AS origin_tags,
    first_claim_date AS first_event_date,
    last_claim_date AS last_event_date,
    (( SELECT count(*) AS count
           FROM observational.lead_events event
          WHERE ((event.person_key = conflict.person_key) AND (event.scout_id IS NOT NULL))) +
        CASE
            WHEN (ledger_scout_id IS NOT NULL) THEN 1
            ELSE 0
        END) AS total_sources,
    ledger_scout_id,
    since,
    (floor((EXTRACT(epoch FROM (now() - since)) / (86400)::numeric)))::bigint AS age_days,
    claimants,
    COALESCE(( SELECT (ledger.evidence_json ->> 'conflict_reason'::text)
           FROM observational.lead_ledger ledger
          WHERE (ledger.person_key = conflict.person_key)), 'SEVERAL_SCOUTS'::text) AS conflict_reason
   FROM canon.conflicts conflict;

CREATE VIEW ops.v_scout_attribution_health AS
 SELECT state,
    reasons,
    pct_scout_satisfactory,
    conflicts_count,
    total_persons,
    persons_with_scout_satisfactory,
    job_state,
    job_severity,
    last_completed_at,
    checked_at
   FROM ops.v_scout_attribution_health_at(now()) health(state, reasons, pct_scout_satisfactory, conflicts_count, total_persons, persons_with_scout_satisfactory, job_state, job_severity, last_completed_at, checked_at);

CREATE VIEW ops.v_scout_attribution_metrics_daily AS
 SELECT day.metric_date,
    daily.total_persons,
    daily.satisfactory_count,
    round(((100.0 * (daily.satisfactory_count)::numeric) / (NULLIF(daily.total_persons, 0))::numeric), 2) AS pct_satisfactory,
    daily.missing_count,
    daily.by_source_scouting_daily,
    daily.by_source_cabinet_leads,
    daily.by_source_lead_ledger,
    daily.computed_at,
    daily.conflicts_count
   FROM (((ops.local_time_zone zone
     CROSS JOIN generate_series(0, 30) days_before(number))
     CROSS JOIN LATERAL ( SELECT (((now() AT TIME ZONE zone.timezone))::date - days_before.number) AS metric_date) day)
     LEFT JOIN ops.scout_attribution_daily daily ON ((daily.metric_date = day.metric_date)));

CREATE VIEW ops.v_scout_attribution_metrics_snapshot AS
 WITH queued AS (
         SELECT count(*) FILTER (WHERE (ledger.event_scouts = 0)) AS a_before,
            count(*) FILTER (WHERE (ledger.event_scouts > 0)) AS d_before,
            count(*) FILTER (WHERE (events.has_events AND (NOT events.has_scout))) AS a_events,
            count(*) FILTER (WHERE events.has_scout) AS d_events
           FROM (((canon.attribution_queue queue
             JOIN canon.identity_registry person ON ((person.person_key = queue.person_key)))
             LEFT JOIN observational.lead_ledger ledger ON ((ledger.person_key = queue.person_key)))
             CROSS JOIN LATERAL ( SELECT (EXISTS ( SELECT 1
                           FROM observational.lead_events event
                          WHERE ((event.person_key = queue.person_key) AND (event.scout_id IS NOT NULL)))) AS has_scout,
                    (EXISTS ( SELECT 1
                           FROM observational.lead_events event
                          WHERE (event.person_key = queue.person_key))) AS has_events) events)
          WHERE (ledger.attributed_scout_id IS NULL)
        ), persons AS (
         SELECT totals.persons AS total,
            totals.satisfactory,
            totals.conflicts,
            ((totals.a_events - queued.a_before) + queued.a_events) AS a_events,
            ((totals.d_events - queued.d_before) + queued.d_events) AS d_events
           FROM (canon.attribution_totals totals
             CROSS JOIN queued)
        ), last_job AS (
         SELECT run.id,
            run.started_at,
            run.completed_at,
            run.status,
            run.stats,
            run.error_message,
            run.job_type,
            run.scope_date_from,
            run.scope_date_to,
            run.incremental,
            run.parameters,
            run.heartbeat_at,
            run.dag_id,
            run.dag_run_id
           FROM ops.ingestion_runs run
          WHERE ((run.job_type)::text = 'scout_attribution_refresh'::text)
          ORDER BY run.started_at DESC, run.id DESC
         LIMIT 1
        )
 SELECT persons.total AS total_persons,
    persons.satisfactory AS persons_with_scout_satisfactory,
    round(((100.0 * (persons.satisfactory)::numeric) / (NULLIF(persons.total, 0))::numeric), 2) AS pct_scout_satisfactory,
    (persons.total - persons.satisfactory) AS persons_missing_scout,
    persons.conflicts AS conflicts_count,
    persons.a_events AS backlog_a_events_without_scout,
    persons.d_events AS backlog_d_scout_in_events_not_in_ledger,
    (((persons.total - persons.satisfactory) - persons.a_events) - persons.d_events) AS backlog_c_legacy_no_events_no_ledger,
    last_job.status AS last_job_status,
    last_job.completed_at AS last_job_ended_at,
    last_job.started_at AS last_job_started_at,
    (EXTRACT(epoch FROM (last_job.completed_at - last_job.started_at)))::integer AS last_job_duration_seconds,
    last_job.stats AS last_job_summary,
    last_job.error_message AS last_job_error,
    now() AS snapshot_timestamp
   FROM (persons
     LEFT JOIN last_job ON (true));

CREATE VIEW ops.v_scout_attribution_raw AS
 SELECT ledger.person_key,
    ( SELECT min((link.source_pk)::text) AS min
           FROM canon.identity_links link
          WHERE ((link.person_key = ledger.person_key) AND ((link.source_table)::text = 'drivers'::text))) AS driver_id,
    (person.primary_license)::text AS driver_license,
    (person.primary_phone)::text AS driver_phone,
    ledger.attributed_scout_id AS scout_id,
        CASE
            WHEN ((ledger.attributed_source)::text = 'fleet_migration'::text) THEN 'fleet_migration'::text
            ELSE 'cabinet'::text
        END AS origin_tag,
    NULL::text AS acquisition_method,
    'lead_ledger'::text AS source_table,
    (ledger.person_key)::text AS source_pk,
    ((ledger.updated_at AT TIME ZONE ( SELECT zone.timezone
           FROM ops.local_time_zone zone)))::date AS attribution_date,
    ledger.updated_at AS created_at,
    1 AS priority
   FROM (observational.lead_ledger ledger
     LEFT JOIN canon.identity_registry person ON ((person.person_key = ledger.person_key)))
  WHERE (ledger.attributed_scout_id IS NOT NULL)
UNION ALL
 SELECT event.person_key,
    COALESCE((event.payload_json ->> 'driver_id'::text), ( SELECT min((link.source_pk)::text) AS min
           FROM canon.identity_links link
          WHERE ((link.person_key = event.person_key) AND ((link.source_table)::text = 'drivers'::text)))) AS driver_id,
    (event.payload_json ->> 'driver_license'::text) AS driver_license,
    (event.payload_json ->> 'driver_phone'::text) AS driver_phone,
    event.scout_id,
    (event.payload_json ->> 'origin_tag'::text) AS origin_tag,
    (event.payload_json ->> 'acquisition_method'::text) AS acquisition_method,
    (event.source_table)::text AS source_table,
    (event.source_pk)::text AS source_pk,
    event.event_date AS attribution_date,
    event.created_at,
        CASE event.source_table
            WHEN 'module_ct_migrations'::text THEN 3
            WHEN 'module_ct_scouting_daily'::text THEN 4
            ELSE 2
        END AS priority
   FROM observational.lead_events event
  WHERE (event.scout_id IS NOT NULL)
UNION ALL
 SELECT link.person_key,
    COALESCE((record.payload ->> 'driver_id'::text), ( SELECT min((account.source_pk)::text) AS min
           FROM canon.identity_links account
          WHERE ((account.person_key = link.person_key) AND ((account.source_table)::text = 'drivers'::text)))) AS driver_id,
    (record.payload ->> 'driver_license'::text) AS driver_license,
    (record.payload ->> 'driver_phone'::text) AS driver_phone,
    record.scout_id,
    (record.payload ->> 'origin_tag'::text) AS origin_tag,
    (record.payload ->> 'acquisition_method'::text) AS acquisition_method,
    (record.source_table)::text AS source_table,
    (record.source_pk)::text AS source_pk,
    NULL::date AS attribution_date,
    record.created_at,
        CASE record.source_table
            WHEN 'module_ct_migrations'::text THEN 3
            WHEN 'module_ct_scouting_daily'::text THEN 4
            ELSE 2
        END AS priority
   FROM (canon.records_index record
     LEFT JOIN canon.identity_links link USING (source_table, source_pk))
  WHERE ((record.event_date IS NULL) AND (record.scout_id IS NOT NULL) AND (NOT (EXISTS ( SELECT 1
           FROM observational.lead_events event
          WHERE (((event.source_table)::text = (record.source_table)::text) AND ((event.source_pk)::text = (record.source_pk)::text))))));

CREATE VIEW ops.v_scout_liquidation AS
 SELECT person_key,
    driver_id,
    scout_id,
    origin_tag,
    source_table,
    source_pk,
    attribution_date,
    milestone_reached,
    milestone_date,
    eligible_7d,
    amount_payable,
    payment_status,
    block_reason,
    lead_date,
    payable_date,
    currency,
    quarantined_driver_ids
   FROM canon.scout_payments kept;

CREATE VIEW ops.v_scout_liquidation_totals AS
 SELECT scout_id,
    payment_status,
    block_reason,
    milestone_reached,
    origin_tag,
    currency,
    persons,
    amount
   FROM canon.scout_payment_totals total;

CREATE VIEW ops.v_scout_months AS
 SELECT scout_id,
    (date_trunc('month'::text, (event_date)::timestamp without time zone))::date AS month,
    (source_table)::text AS source_table,
    count(*) AS records,
    count(DISTINCT person_key) AS persons
   FROM observational.lead_events event
  WHERE (scout_id IS NOT NULL)
  GROUP BY scout_id, ((date_trunc('month'::text, (event_date)::timestamp without time zone))::date), source_table;

CREATE VIEW ops.v_scout_numbers AS
 WITH RECURSIVE event_scouts AS (
        ( SELECT event.scout_id
           FROM observational.lead_events event
          WHERE (event.scout_id IS NOT NULL)
          ORDER BY event.scout_id
         LIMIT 1)
        UNION ALL
         SELECT ( SELECT event.scout_id
                   FROM observational.lead_events event
                  WHERE (event.scout_id > before.scout_id)
                  ORDER BY event.scout_id
                 LIMIT 1) AS scout_id
           FROM event_scouts before
          WHERE (before.scout_id IS NOT NULL)
        ), ledger_scouts AS (
        ( SELECT ledger.attributed_scout_id AS scout_id
           FROM observational.lead_ledger ledger
          WHERE (ledger.attributed_scout_id IS NOT NULL)
          ORDER BY ledger.attributed_scout_id
         LIMIT 1)
        UNION ALL
         SELECT ( SELECT ledger.attributed_scout_id
                   FROM observational.lead_ledger ledger
                  WHERE (ledger.attributed_scout_id > before.scout_id)
                  ORDER BY ledger.attributed_scout_id
                 LIMIT 1) AS attributed_scout_id
           FROM ledger_scouts before
          WHERE (before.scout_id IS NOT NULL)
        )
 SELECT number.scout_id,
    scout.raw_name AS scout_name,
    scout.is_active
   FROM (( SELECT listed.scout_id
           FROM ops.v_dim_scouts listed
          WHERE (listed.scout_id IS NOT NULL)
        UNION
         SELECT event.scout_id
           FROM event_scouts event
          WHERE (event.scout_id IS NOT NULL)
        UNION
         SELECT ledger.scout_id
           FROM ledger_scouts ledger
          WHERE (ledger.scout_id IS NOT NULL)
        UNION
         SELECT statement.scout_id
           FROM ops.scout_statements statement) number
     LEFT JOIN ops.v_dim_scouts scout ON ((scout.scout_id = number.scout_id)));

CREATE VIEW ops.v_scout_payment_base AS
 SELECT attribution.person_key,
    COALESCE(earned.driver_id, accounts.driver_id, attribution.driver_id) AS driver_id,
    attribution.scout_id,
    COALESCE(earned.origin_tag, ( SELECT (event.payload_json ->> 'origin_tag'::text)
           FROM observational.lead_events event
          WHERE (event.person_key = attribution.person_key)
          GROUP BY (event.payload_json ->> 'origin_tag'::text)
          ORDER BY (count(event.scout_id) = 0), (min(canon.plausible_date(event.event_date))), (event.payload_json ->> 'origin_tag'::text)
         LIMIT 1)) AS origin_tag,
    attribution.source_table,
    attribution.source_pk,
    attribution.attribution_date,
    COALESCE(earned.milestone_reached, 0) AS milestone_reached,
    earned.milestone_date,
    COALESCE(earned.eligible_7d, false) AS eligible_7d,
    (
        CASE
            WHEN (blocked.reason IS NULL) THEN COALESCE(earned.amount, (0)::numeric)
            ELSE (0)::numeric
        END)::numeric(10,2) AS amount_payable,
        CASE
            WHEN (blocked.reason IS NOT NULL) THEN 'BLOCKED'::text
            WHEN (earned.milestone_reached IS NOT NULL) THEN 'ELIGIBLE'::text
            ELSE 'PENDING'::text
        END AS payment_status,
    blocked.reason AS block_reason,
    earned.lead_date,
    earned.payable_date,
    earned.currency,
    accounts.quarantined_driver_ids
   FROM (((ops.v_scout_attribution attribution
     LEFT JOIN LATERAL ( SELECT COALESCE(min((link.source_pk)::text) FILTER (WHERE (quarantine.driver_id IS NULL)), min((link.source_pk)::text)) AS driver_id,
            bool_and((quarantine.driver_id IS NOT NULL)) AS is_quarantined,
            array_agg((link.source_pk)::text ORDER BY link.source_pk) FILTER (WHERE (quarantine.driver_id IS NOT NULL)) AS quarantined_driver_ids
           FROM (canon.identity_links link
             LEFT JOIN canon.driver_orphan_quarantine quarantine ON ((((quarantine.driver_id)::text = (link.source_pk)::text) AND (quarantine.status = 'quarantined'::public.orphan_status))))
          WHERE ((link.person_key = attribution.person_key) AND ((link.source_table)::text = 'drivers'::text))) accounts ON (true))
     LEFT JOIN LATERAL ( SELECT earning.person_key,
            earning.origin_tag,
            earning.driver_id,
            earning.lead_date,
            earning.milestone_reached,
            earning.milestone_date,
            earning.eligible_7d,
            earning.amount,
            earning.payable_date,
            earning.currency
           FROM canon.scout_earnings earning
          WHERE ((earning.person_key = attribution.person_key) AND (accounts.driver_id IS NOT NULL))
         OFFSET 0) earned ON (true))
     CROSS JOIN LATERAL ( SELECT
                CASE
                    WHEN attribution.is_conflict THEN 'CONFLICT'::text
                    WHEN (attribution.scout_id IS NULL) THEN 'NO_SCOUT'::text
                    WHEN (accounts.driver_id IS NULL) THEN 'NO_IDENTITY'::text
                    WHEN accounts.is_quarantined THEN 'QUARANTINED'::text
                    WHEN (earned.origin_tag IS NULL) THEN 'NO_RULE'::text
                    ELSE NULL::text
                END AS reason) blocked);

CREATE VIEW ops.v_scout_payment_sample AS
 WITH place AS (
         SELECT (md5((COALESCE(max(run.id), 0))::text))::uuid AS start
           FROM ops.ingestion_runs run
          WHERE ((run.job_type)::text = 'scout_attribution_refresh'::text)
        ), sample AS (
        ( SELECT ledger.person_key
           FROM observational.lead_ledger ledger
          WHERE (ledger.person_key >= ( SELECT place.start
                   FROM place))
          ORDER BY ledger.person_key
         LIMIT 100)
        UNION
        ( SELECT kept.person_key
           FROM canon.scout_payments kept
          WHERE (kept.person_key >= ( SELECT place.start
                   FROM place))
          ORDER BY kept.person_key
         LIMIT 100)
        UNION
        ( SELECT ledger.person_key
           FROM observational.lead_ledger ledger
          ORDER BY ledger.person_key
         LIMIT 100)
        ), kept_list AS (
         SELECT (((((kept.horizon)::text)::numeric % ('4294967296'::bigint)::numeric))::text)::xid AS horizon,
            (((((kept.trips_horizon)::text)::numeric % ('4294967296'::bigint)::numeric))::text)::xid AS trips_horizon
           FROM (canon.read_model_refreshes kept
             CROSS JOIN ops.payment_settings() present(settings, trips_identity, trips_seen, horizon, next_transaction))
          WHERE ((kept.read_model = 'payments'::text) AND (kept.settings = present.settings) AND (kept.trips_identity = present.trips_identity) AND ((((LEAST(kept.horizon, kept.trips_horizon))::text)::numeric >= (present.next_transaction - (2000000000)::numeric)) AND (((LEAST(kept.horizon, kept.trips_horizon))::text)::numeric <= present.next_transaction)))
        ), settled AS (
         SELECT sample.person_key
           FROM (sample
             CROSS JOIN kept_list)
          WHERE ((( SELECT count(*) AS count
                   FROM canon.attribution_queue queued
                  WHERE (queued.person_key = sample.person_key)) = 0) AND (( SELECT count(*) AS count
                   FROM canon.payment_queue queued
                  WHERE (queued.person_key = sample.person_key)) = 0) AND (( SELECT count(*) AS count
                   FROM observational.lead_ledger ledger
                  WHERE ((ledger.person_key = sample.person_key) AND (age(ledger.xmin) <= age(kept_list.horizon)))) = 0) AND (( SELECT count(*) AS count
                   FROM (canon.identity_links link
                     LEFT JOIN canon.source_trip_versions trip ON (((trip.driver_id)::text = (link.source_pk)::text)))
                  WHERE ((link.person_key = sample.person_key) AND ((link.source_table)::text = 'drivers'::text) AND ((age(link.xmin) <= age(kept_list.horizon)) OR (age(trip.row_version) <= age(kept_list.trips_horizon))))) = 0))
        ), compared AS (
         SELECT settled.person_key,
            jsonb_build_object('payments', ( SELECT jsonb_agg(to_jsonb(kept.*) ORDER BY kept.currency) AS jsonb_agg
                   FROM canon.scout_payments kept
                  WHERE (kept.person_key = settled.person_key)), 'milestones', ( SELECT jsonb_agg(to_jsonb(kept.*) ORDER BY kept.rule_id) AS jsonb_agg
                   FROM canon.scout_payment_milestones kept
                  WHERE (kept.person_key = settled.person_key))) AS kept,
            jsonb_build_object('payments', ( SELECT jsonb_agg(to_jsonb(base.*) ORDER BY base.currency) AS jsonb_agg
                   FROM ops.v_scout_payment_base base
                  WHERE (base.person_key = settled.person_key)), 'milestones', ( SELECT jsonb_agg(to_jsonb(due.*) ORDER BY due.rule_id) AS jsonb_agg
                   FROM canon.due_scout_milestones due
                  WHERE (due.person_key = settled.person_key))) AS derived
           FROM settled
        )
 SELECT person_key,
    (kept = derived) AS is_as_derived,
    kept,
    derived
   FROM compared;

CREATE VIEW ops.v_scout_signal_rows AS
 WITH busiest AS (
         SELECT DISTINCT ON (day.scout_id) day.scout_id,
            day.event_date,
            day.records,
            sum(day.records) OVER (PARTITION BY day.scout_id) AS all_records
           FROM ( SELECT event.scout_id,
                    event.event_date,
                    count(*) AS records
                   FROM observational.lead_events event
                  WHERE (event.scout_id IS NOT NULL)
                  GROUP BY event.scout_id, event.event_date) day
          ORDER BY day.scout_id, day.records DESC, day.event_date
        ), odd_days AS (
         SELECT busiest.scout_id,
            busiest.event_date
           FROM (busiest
             CROSS JOIN LATERAL ( SELECT (( SELECT count(*) AS count
                           FROM observational.lead_events event
                          WHERE ((event.scout_id IS NOT NULL) AND (event.event_date = busiest.event_date))) - busiest.records) AS records_of_day,
                    ((( SELECT count(*) AS count
                           FROM observational.lead_events event
                          WHERE (event.scout_id IS NOT NULL)))::numeric - busiest.all_records) AS records) others)
          WHERE ((busiest.all_records >= (20)::numeric) AND (((2 * busiest.records))::numeric >= busiest.all_records) AND (others.records > (0)::numeric) AND (((busiest.records)::numeric * others.records) >= (((5 * others.records_of_day))::numeric * busiest.all_records)))
        ), shared_values AS (
         SELECT carried.signal,
            carried.scout_id,
            carried.source_table,
            carried.source_pk,
            carried.value,
            dense_rank() OVER (PARTITION BY carried.scout_id, carried.signal ORDER BY carried.value) AS value_number,
            count(*) OVER (PARTITION BY carried.scout_id, carried.signal, carried.value) AS records
           FROM ( SELECT 'SAME_PHONE'::text AS signal,
                    record.scout_id,
                    record.source_table,
                    record.source_pk,
                    shared.value
                   FROM (canon.shared_values shared
                     JOIN canon.records_index record ON ((record.phone_norm = shared.value)))
                  WHERE ((shared.kind = 'phone'::text) AND (record.scout_id IS NOT NULL) AND (record.gone_since IS NULL))
                UNION ALL
                 SELECT 'SAME_PLATE'::text,
                    record.scout_id,
                    record.source_table,
                    record.source_pk,
                    shared.value
                   FROM (canon.shared_values shared
                     JOIN canon.records_index record ON ((record.plate_norm = shared.value)))
                  WHERE ((shared.kind = 'plate'::text) AND (record.scout_id IS NOT NULL) AND (record.gone_since IS NULL))) carried
        ), found AS (
        (
                 SELECT account.scout_id,
                    'SCOUT_IS_DRIVER'::text AS signal,
                    'drivers'::text AS source_table,
                    account.driver_id AS source_pk,
                    (1)::bigint AS value_number
                   FROM canon.scout_accounts account
                UNION
                 SELECT record.scout_id,
                    'SCOUT_PHONE_IN_LEADS'::text,
                    (record.source_table)::text AS source_table,
                    (record.source_pk)::text AS source_pk,
                    1
                   FROM (canon.scout_accounts account
                     JOIN canon.records_index record ON (((record.phone_norm = account.phone_norm) AND (record.scout_id = account.scout_id))))
        ) UNION ALL
         SELECT event.scout_id,
            'ONE_DAY'::text,
            (event.source_table)::text AS source_table,
            (event.source_pk)::text AS source_pk,
            1
           FROM (odd_days day
             JOIN observational.lead_events event ON (((event.scout_id = day.scout_id) AND (event.event_date = day.event_date))))
        UNION ALL
         SELECT shared.scout_id,
            shared.signal,
            (shared.source_table)::text AS source_table,
            (shared.source_pk)::text AS source_pk,
            shared.value_number
           FROM shared_values shared
          WHERE (shared.records >= 5)
        )
 SELECT found.scout_id,
    found.signal,
    found.source_table,
    found.source_pk,
    found.value_number,
    link.person_key,
    ( SELECT event.event_date
           FROM observational.lead_events event
          WHERE (((event.source_table)::text = found.source_table) AND ((event.source_pk)::text = found.source_pk))) AS event_date
   FROM (found
     LEFT JOIN canon.identity_links link ON ((((link.source_table)::text = found.source_table) AND ((link.source_pk)::text = found.source_pk))));

CREATE VIEW ops.v_scout_signals AS
 SELECT signal.scout_id,
    scout.raw_name AS scout_name,
    signal.signal,
    signal.records,
    signal.value_count,
    signal.most_records,
    signal.signal_day,
        CASE
            WHEN (signal.signal = 'ONE_DAY'::text) THEN ((signal.records)::double precision / (( SELECT count(*) AS count
               FROM observational.lead_events event
              WHERE (event.scout_id = signal.scout_id)))::double precision)
            ELSE NULL::double precision
        END AS share,
        CASE
            WHEN (signal.signal = 'ONE_DAY'::text) THEN ( SELECT ((count(*) FILTER (WHERE (event.event_date = signal.signal_day)))::double precision / (count(*))::double precision)
               FROM observational.lead_events event
              WHERE (event.scout_id <> signal.scout_id))
            ELSE NULL::double precision
        END AS others_share
   FROM (( SELECT counted.scout_id,
            counted.signal,
            (sum(counted.records))::bigint AS records,
            count(*) AS value_count,
            max(counted.records) AS most_records,
            max(counted.signal_day) AS signal_day
           FROM ( SELECT "row".scout_id,
                    "row".signal,
                    "row".value_number,
                    count(*) AS records,
                        CASE
                            WHEN ("row".signal = 'ONE_DAY'::text) THEN max("row".event_date)
                            ELSE NULL::date
                        END AS signal_day
                   FROM ops.v_scout_signal_rows "row"
                  GROUP BY "row".scout_id, "row".signal, "row".value_number) counted
          GROUP BY counted.scout_id, counted.signal) signal
     LEFT JOIN ops.v_dim_scouts scout ON ((scout.scout_id = signal.scout_id)));

CREATE VIEW ops.v_scout_statement_lines AS
 SELECT line.id AS line_id,
    line.statement_id,
    statement.period_id,
    period.period_start,
    period.period_end,
    statement.scout_id,
    statement.currency,
    line.kind,
    line.reason_code,
    line.corrects_line_id,
    corrected_period.period_start AS corrects_period_start,
    corrected_period.period_end AS corrects_period_end,
    line.person_key,
    ( SELECT person.primary_full_name
           FROM canon.identity_registry person
          WHERE (person.person_key = COALESCE(( SELECT a.survivor_key
                   FROM canon.identity_aliases a
                  WHERE (a.person_key = line.person_key)), line.person_key))) AS person_name,
    line.driver_id,
    line.origin_tag,
    line.milestone_trips,
    line.lead_date,
    line.achieved_date,
    line.payable_date,
    line.amount
   FROM (((((ops.scout_statement_lines line
     JOIN ops.scout_statements statement ON ((statement.id = line.statement_id)))
     JOIN ops.liquidation_periods period ON ((period.id = statement.period_id)))
     LEFT JOIN ops.scout_statement_lines corrected ON ((corrected.id = line.corrects_line_id)))
     LEFT JOIN ops.scout_statements corrected_statement ON ((corrected_statement.id = corrected.statement_id)))
     LEFT JOIN ops.liquidation_periods corrected_period ON ((corrected_period.id = corrected_statement.period_id)));

CREATE VIEW ops.v_scout_statements AS
 SELECT statement.id AS statement_id,
    statement.period_id,
    period.period_start,
    period.period_end,
    statement.scout_id,
    ( SELECT scout.raw_name
           FROM ops.v_dim_scouts scout
          WHERE (scout.scout_id = statement.scout_id)) AS scout_name,
    statement.currency,
    statement.amount,
    statement.line_count,
    statement.correction_count,
    period.closed_by,
    period.closed_at,
    period.reason,
    payment.paid_on,
    payment.reference AS payment_reference,
    payment.noted_by AS paid_noted_by,
    payment.noted_at AS paid_noted_at,
    (payment.statement_id IS NOT NULL) AS is_paid
   FROM ((ops.scout_statements statement
     JOIN ops.liquidation_periods period ON ((period.id = statement.period_id)))
     LEFT JOIN ops.scout_statement_payments payment ON ((payment.statement_id = statement.id)));

CREATE VIEW ops.v_scouts AS
 SELECT number.scout_id,
    number.scout_name,
    number.is_active,
    COALESCE(brought.persons, (0)::bigint) AS persons,
    COALESCE(claimed.conflicts, (0)::bigint) AS open_conflicts,
    COALESCE(quality.records, (0)::bigint) AS records,
    COALESCE(quality.contested_records, (0)::bigint) AS contested_records,
    COALESCE(quality.undone_records, (0)::bigint) AS undone_records,
    (((quality.contested_records + quality.undone_records))::double precision / (quality.records)::double precision) AS doubt_share,
    due.currency,
    COALESCE((due.earned_amount - due.stated_amount), (0)::numeric) AS due_amount,
    COALESCE((due.stated_amount - due.paid_amount), (0)::numeric) AS unpaid_amount,
    COALESCE(due.paid_amount, (0)::numeric) AS paid_amount,
    COALESCE(due.statements, (0)::bigint) AS statements,
    COALESCE(due.unpaid_statements, (0)::bigint) AS unpaid_statements
   FROM ((((ops.v_scout_numbers number
     LEFT JOIN ( SELECT ledger.attributed_scout_id AS scout_id,
            count(*) AS persons
           FROM observational.lead_ledger ledger
          WHERE (ledger.attributed_scout_id IS NOT NULL)
          GROUP BY ledger.attributed_scout_id) brought ON ((brought.scout_id = number.scout_id)))
     LEFT JOIN ( SELECT claimant.scout_id,
            count(*) AS conflicts
           FROM (canon.conflicts conflict
             CROSS JOIN LATERAL ( SELECT DISTINCT unnest(conflict.claimants) AS scout_id) claimant)
          GROUP BY claimant.scout_id) claimed ON ((claimed.scout_id = number.scout_id)))
     LEFT JOIN canon.scout_quality quality ON ((quality.scout_id = number.scout_id)))
     LEFT JOIN canon.scout_dues due ON ((due.scout_id = number.scout_id)));

CREATE VIEW ops.v_search_index AS
 SELECT (record.source_table)::text AS source_table,
    (record.source_pk)::text AS source_pk,
    record.name_norm,
    record.phone_norm,
    record.license_norm,
    record.license_number,
    record.plate_norm,
    (record.driver_id)::text AS driver_id,
    array_to_tsvector(array_remove((string_to_array(record.name_norm, ' '::text) || reverse(record.phone_norm)), NULL::text)) AS search_terms
   FROM canon.records_index record
UNION ALL
 SELECT 'drivers'::text AS source_table,
    (driver.driver_id)::text AS source_pk,
    (driver.full_name_norm)::text AS name_norm,
    (driver.phone_norm)::text AS phone_norm,
    (driver.license_norm)::text AS license_norm,
    driver.license_number,
    (driver.plate_norm)::text AS plate_norm,
    (driver.driver_id)::text AS driver_id,
    array_to_tsvector(array_remove((string_to_array((driver.full_name_norm)::text, ' '::text) || reverse((driver.phone_norm)::text)), NULL::text)) AS search_terms
   FROM canon.drivers_index driver;

CREATE VIEW ops.v_source_days AS
 SELECT source.source_name,
    days.day,
    days.rows_arrived,
    days.rows_of_business_day,
    days.usual_rows,
    days.least_rows,
    days.is_expected,
    days.is_holiday
   FROM (ops.source_expectations source
     CROSS JOIN LATERAL ops.v_source_days_at(source.source_name, now()) days(day, rows_arrived, rows_of_business_day, usual_rows, least_rows, is_expected, is_holiday));

CREATE VIEW ops.v_unfounded_ledger_rows AS
 WITH suspects AS (
         SELECT ledger.person_key,
            ledger.attributed_scout_id,
            ledger.attribution_rule,
            (ledger.decision_status)::text AS decision_status,
            ledger.event_scout_ids,
            COALESCE(((ledger.attribution_rule)::text = 'MANUAL'::text), false) AS is_manual
           FROM observational.lead_ledger ledger
          WHERE
                CASE
                    WHEN ((ledger.attribution_rule)::text = 'MANUAL'::text) THEN true
                    WHEN ((ledger.event_scouts IS NULL) AND (ledger.attributed_scout_id IS NULL)) THEN false
                    WHEN ((ledger.decision_status = 'conflict'::public.decisionstatus) AND ((ledger.event_scouts > 1) OR (ledger.evidence_json ? 'conflict_payment'::text))) THEN ((ledger.attributed_scout_id <> ALL (COALESCE(ledger.event_scout_ids, '{}'::integer[]))) AND (((ledger.evidence_json -> 'gone_scouts'::text) @> to_jsonb(ledger.attributed_scout_id)) IS NOT TRUE))
                    WHEN (ledger.event_scouts = 1) THEN ((ledger.attributed_scout_id IS DISTINCT FROM ledger.event_scout_ids[1]) OR (ledger.decision_status <> 'assigned'::public.decisionstatus))
                    WHEN (ledger.event_scouts > 1) THEN true
                    ELSE ((ledger.attributed_scout_id IS NOT NULL) OR (ledger.decision_status = 'conflict'::public.decisionstatus))
                END
        ), with_decision AS (
         SELECT suspects.person_key,
            suspects.attributed_scout_id,
            suspects.attribution_rule,
            suspects.decision_status,
            suspects.event_scout_ids,
            suspects.is_manual,
            decision.is_decided,
            decision.scout_id AS decided_scout_id,
            decision.status AS decided_status
           FROM (suspects
             LEFT JOIN LATERAL ( SELECT true AS is_decided,
                    ((human.after #>> '{ledger,attributed_scout_id}'::text[]))::integer AS scout_id,
                    (human.after #>> '{ledger,decision_status}'::text[]) AS status
                   FROM ops.human_decisions human
                  WHERE (suspects.is_manual AND (human.person_key = suspects.person_key) AND (human.after ? 'ledger'::text))
                  ORDER BY human.id DESC
                 LIMIT 1) decision ON (true))
        )
 SELECT person_key,
    attributed_scout_id,
    attribution_rule,
    decision_status,
        CASE
            WHEN is_decided THEN decided_scout_id
            WHEN (cardinality(event_scout_ids) = 1) THEN event_scout_ids[1]
            ELSE NULL::integer
        END AS expected_scout_id,
        CASE
            WHEN is_decided THEN decided_status
            WHEN (cardinality(event_scout_ids) = 1) THEN 'assigned'::text
            WHEN (cardinality(event_scout_ids) > 1) THEN 'conflict'::text
            WHEN (EXISTS ( SELECT 1
               FROM observational.lead_events event
              WHERE ((event.person_key = suspect.person_key) AND (((event.source_table)::text = 'module_ct_cabinet_leads'::text) OR ((event.payload_json ->> 'origin_tag'::text) = 'fleet_migration'::text))))) THEN 'assigned'::text
            ELSE 'unassigned'::text
        END AS expected_status,
    event_scout_ids
   FROM with_decision suspect
  WHERE (((is_decided AND (NOT (decided_scout_id IS DISTINCT FROM attributed_scout_id))) IS NOT TRUE) AND (NOT (EXISTS ( SELECT 1
           FROM canon.attribution_queue queued
          WHERE (queued.person_key = suspect.person_key)))) AND (NOT (EXISTS ( SELECT 1
           FROM ops.earlier_ledger_rows earlier
          WHERE ((earlier.person_key = suspect.person_key) AND (NOT (earlier.attributed_scout_id IS DISTINCT FROM suspect.attributed_scout_id)) AND (((earlier.attribution_rule)::text = 'MANUAL'::text) OR (NOT suspect.is_manual)))))) AND (NOT (EXISTS ( SELECT 1
           FROM (canon.identity_aliases alias
             JOIN ops.earlier_ledger_rows earlier ON ((earlier.person_key = alias.person_key)))
          WHERE ((alias.survivor_key = suspect.person_key) AND (NOT (earlier.attributed_scout_id IS DISTINCT FROM suspect.attributed_scout_id)) AND (((earlier.attribution_rule)::text = 'MANUAL'::text) OR (NOT suspect.is_manual)))))));

CREATE VIEW ops.v_weights_versions AS
 SELECT version.version,
        CASE
            WHEN (version.run_id IS NULL) THEN 'WAITING'::text
            WHEN (version.version = in_force.version) THEN 'IN_FORCE'::text
            ELSE 'REPLACED'::text
        END AS state,
    (version.weights = '{}'::jsonb) AS is_shipped,
    version.people,
    version.run_id,
    version.created_at,
    version.created_by,
    version.reason,
    version.weights
   FROM (canon.weights_versions version
     LEFT JOIN canon.weights_in_force in_force ON (true));

CREATE VIEW ops.v_yango_collection_list AS
 SELECT claim.driver_id,
    claim.person_key,
    claim.driver_name,
    claim.milestone_value,
    claim.lead_date,
    claim.expected_amount,
    claim.yango_due_date,
    overdue.days_overdue_yango,
    overdue.overdue_bucket_yango,
    claim.yango_payment_status,
    claim.payment_key,
    claim.pay_date,
    claim.reason_code,
    claim.match_rule,
    claim.match_confidence,
    claim.identity_status,
    claim.suggested_driver_id,
    claim.is_reconcilable_enriched,
    claim.scout_id,
    claim.scout_name,
    claim.scout_name_normalized,
    claim.scout_is_active,
    claim.scout_quality_bucket,
    claim.is_scout_resolved,
    claim.scout_source_table,
    claim.scout_attribution_date,
    claim.scout_priority,
    claim.is_conflict,
    COALESCE(claim.currency, (ops.default_currency())::text) AS currency,
    claim.candidate_driver_ids,
    claim.payment_keys
   FROM ((canon.partner_claims claim
     CROSS JOIN canon.local_today local)
     CROSS JOIN LATERAL canon.overdue(claim.yango_due_date, local.today) overdue(days_overdue_yango, overdue_bucket_yango));

CREATE VIEW ops.v_yango_collection_with_scout AS
 SELECT claim.driver_id,
    claim.person_key,
    claim.driver_name,
    claim.milestone_value,
    claim.lead_date,
    claim.expected_amount,
    claim.yango_due_date,
    overdue.days_overdue_yango,
    overdue.overdue_bucket_yango,
    claim.yango_payment_status,
    claim.payment_key,
    claim.pay_date,
    claim.reason_code,
    claim.match_rule,
    claim.match_confidence,
    claim.identity_status,
    claim.suggested_driver_id,
    claim.is_reconcilable_enriched,
    attribution.scout_id,
    scout.raw_name AS scout_name,
    scout.scout_name_normalized,
    scout.is_active AS scout_is_active,
        CASE
            WHEN (attribution.scout_id IS NULL) THEN 'MISSING'::text
            WHEN (attribution.source_table = 'lead_ledger'::text) THEN 'SATISFACTORY_LEDGER'::text
            ELSE 'EVENTS_ONLY'::text
        END AS scout_quality_bucket,
    COALESCE(((attribution.scout_id IS NOT NULL) AND (NOT attribution.is_conflict)), false) AS is_scout_resolved,
    attribution.source_table AS scout_source_table,
    attribution.attribution_date AS scout_attribution_date,
    attribution.priority AS scout_priority,
    COALESCE(attribution.is_conflict, false) AS is_conflict,
    COALESCE(claim.currency, (( SELECT ops.default_currency() AS default_currency))::text) AS currency,
    claim.candidate_driver_ids,
    COALESCE(claim.payment_keys,
        CASE
            WHEN (claim.yango_payment_status = 'PAID'::text) THEN array_remove(ARRAY[claim.payment_key], NULL::text)
            ELSE NULL::text[]
        END) AS payment_keys
   FROM (((((( VALUES (NULL::text,NULL::text[],NULL::text[])) absent(currency, candidate_driver_ids, payment_keys)
     CROSS JOIN LATERAL ( SELECT collected.driver_id,
            collected.person_key,
            collected.driver_name,
            collected.milestone_value,
            collected.lead_date,
            collected.expected_amount,
            collected.yango_due_date,
            collected.yango_payment_status,
            collected.payment_key,
            collected.pay_date,
            collected.reason_code,
            collected.match_rule,
            collected.match_confidence,
            collected.identity_status,
            collected.suggested_driver_id,
            collected.is_reconcilable_enriched,
            collected.currency,
            collected.candidate_driver_ids,
            collected.payment_keys
           FROM ops.mv_yango_cabinet_claims_for_collection collected) claim)
     CROSS JOIN canon.local_today local)
     CROSS JOIN LATERAL canon.overdue(claim.yango_due_date, local.today) overdue(days_overdue_yango, overdue_bucket_yango))
     LEFT JOIN LATERAL ( SELECT attributed.person_key,
            attributed.driver_id,
            attributed.driver_license,
            attributed.driver_phone,
            attributed.scout_id,
            attributed.acquisition_method,
            attributed.source_table,
            attributed.source_pk,
            attributed.attribution_date,
            attributed.created_at,
            attributed.priority,
            attributed.is_conflict
           FROM ops.v_scout_attribution attributed
          WHERE (attributed.person_key = claim.person_key)
         OFFSET 0) attribution ON (true))
     LEFT JOIN ops.v_dim_scouts scout ON ((scout.scout_id = attribution.scout_id)));

CREATE SEQUENCE ops.yango_payment_status_ledger_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE ops.yango_payment_status_ledger_id_seq OWNED BY ops.yango_payment_status_ledger.id;

CREATE TABLE public.drivers (
    driver_id character varying NOT NULL,
    park_id character varying,
    phone character varying,
    license_number character varying,
    license_normalized_number character varying,
    full_name character varying,
    first_name character varying,
    middle_name character varying,
    last_name character varying,
    car_number character varying,
    car_normalized_number character varying,
    car_brand character varying,
    car_model character varying,
    hire_date date,
    created_at timestamp without time zone,
    updated_at timestamp without time zone,
    current_status character varying
);

CREATE TABLE public.module_ct_cabinet_leads (
    id integer NOT NULL,
    external_id character varying,
    activation_city character varying,
    active_1 boolean,
    active_5 boolean,
    active_10 boolean,
    active_15 boolean,
    active_25 boolean,
    active_50 boolean,
    active_100 boolean,
    asset_color character varying,
    asset_model character varying,
    asset_plate_number character varying,
    last_name character varying,
    first_name character varying,
    middle_name character varying,
    last_active_date date,
    lead_created_at timestamp without time zone,
    park_name character varying,
    park_phone character varying,
    status character varying,
    tariff character varying,
    target_city character varying,
    created_at timestamp without time zone DEFAULT now()
);

CREATE SEQUENCE public.module_ct_cabinet_leads_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public.module_ct_cabinet_leads_id_seq OWNED BY public.module_ct_cabinet_leads.id;

CREATE TABLE public.module_ct_cabinet_payments (
    id integer NOT NULL,
    date date,
    "time" time without time zone,
    scout_id integer,
    driver character varying,
    trip_1 boolean,
    trip_5 boolean,
    trip_25 boolean,
    created_at timestamp without time zone DEFAULT now(),
    updated_at timestamp without time zone,
    driver_id character varying,
    person_key uuid
);

CREATE SEQUENCE public.module_ct_cabinet_payments_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public.module_ct_cabinet_payments_id_seq OWNED BY public.module_ct_cabinet_payments.id;

CREATE TABLE public.module_ct_migrations (
    id bigint NOT NULL,
    driver_id character varying,
    driver_name character varying,
    scout_id integer,
    scout_name character varying,
    hire_date date,
    created_at timestamp without time zone DEFAULT now(),
    updated_at timestamp without time zone
);

CREATE TABLE public.module_ct_scout_drivers (
    id integer NOT NULL,
    scout_id integer,
    driver_id character varying,
    created_at timestamp without time zone DEFAULT now(),
    updated_at timestamp without time zone
);

CREATE SEQUENCE public.module_ct_scout_drivers_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public.module_ct_scout_drivers_id_seq OWNED BY public.module_ct_scout_drivers.id;

CREATE TABLE public.module_ct_scouting_daily (
    id bigint NOT NULL,
    scout_id integer,
    driver_name character varying,
    driver_phone character varying,
    driver_license character varying,
    registration_date date,
    acquisition_method character varying,
    created_at timestamp without time zone DEFAULT now(),
    updated_at timestamp without time zone
);

CREATE TABLE public.module_ct_scouts_list (
    id integer NOT NULL,
    scout_id integer,
    name character varying,
    raw_name character varying,
    is_active boolean,
    created_at timestamp without time zone DEFAULT now(),
    updated_at timestamp without time zone
);

CREATE SEQUENCE public.module_ct_scouts_list_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public.module_ct_scouts_list_id_seq OWNED BY public.module_ct_scouts_list.id;

CREATE TABLE public.summary_daily (
    driver_id character varying,
    date_file character varying,
    count_orders_completed integer,
    sum_work_time_seconds bigint,
    created_at timestamp without time zone DEFAULT now()
);

ALTER TABLE ONLY canon.claims_yango_cabinet_14d ALTER COLUMN claim_id SET DEFAULT nextval('canon.claims_yango_cabinet_14d_claim_id_seq'::regclass);

ALTER TABLE ONLY canon.identity_links ALTER COLUMN id SET DEFAULT nextval('canon.identity_links_id_seq'::regclass);

ALTER TABLE ONLY canon.identity_origin_history ALTER COLUMN id SET DEFAULT nextval('canon.identity_origin_history_id_seq'::regclass);

ALTER TABLE ONLY canon.identity_unmatched ALTER COLUMN id SET DEFAULT nextval('canon.identity_unmatched_id_seq'::regclass);

ALTER TABLE ONLY observational.lead_events ALTER COLUMN id SET DEFAULT nextval('observational.lead_events_id_seq'::regclass);

ALTER TABLE ONLY observational.scouting_match_candidates ALTER COLUMN id SET DEFAULT nextval('observational.scouting_match_candidates_id_seq'::regclass);

ALTER TABLE ONLY ops.alerts ALTER COLUMN id SET DEFAULT nextval('ops.alerts_id_seq'::regclass);

ALTER TABLE ONLY ops.identity_links_backfill_audit ALTER COLUMN id SET DEFAULT nextval('ops.identity_links_backfill_audit_id_seq'::regclass);

ALTER TABLE ONLY ops.identity_matching_jobs ALTER COLUMN id SET DEFAULT nextval('ops.identity_matching_jobs_id_seq'::regclass);

ALTER TABLE ONLY ops.ingestion_runs ALTER COLUMN id SET DEFAULT nextval('ops.ingestion_runs_id_seq'::regclass);

ALTER TABLE ONLY ops.lead_events_scout_backfill_audit ALTER COLUMN id SET DEFAULT nextval('ops.lead_events_scout_backfill_audit_id_seq'::regclass);

ALTER TABLE ONLY ops.lead_ledger_scout_backfill_audit ALTER COLUMN id SET DEFAULT nextval('ops.lead_ledger_scout_backfill_audit_id_seq'::regclass);

ALTER TABLE ONLY ops.partner_payment_rules ALTER COLUMN id SET DEFAULT nextval('ops.partner_payment_rules_id_seq'::regclass);

ALTER TABLE ONLY ops.scout_payment_rules ALTER COLUMN id SET DEFAULT nextval('ops.scout_payment_rules_id_seq'::regclass);

ALTER TABLE ONLY ops.yango_payment_status_ledger ALTER COLUMN id SET DEFAULT nextval('ops.yango_payment_status_ledger_id_seq'::regclass);

ALTER TABLE ONLY public.module_ct_cabinet_leads ALTER COLUMN id SET DEFAULT nextval('public.module_ct_cabinet_leads_id_seq'::regclass);

ALTER TABLE ONLY public.module_ct_cabinet_payments ALTER COLUMN id SET DEFAULT nextval('public.module_ct_cabinet_payments_id_seq'::regclass);

ALTER TABLE ONLY public.module_ct_scout_drivers ALTER COLUMN id SET DEFAULT nextval('public.module_ct_scout_drivers_id_seq'::regclass);

ALTER TABLE ONLY public.module_ct_scouts_list ALTER COLUMN id SET DEFAULT nextval('public.module_ct_scouts_list_id_seq'::regclass);

ALTER TABLE ONLY canon.attribution_counts
    ADD CONSTRAINT attribution_counts_pkey PRIMARY KEY (id);

ALTER TABLE ONLY canon.attribution_queue
    ADD CONSTRAINT attribution_queue_pkey PRIMARY KEY (person_key);

ALTER TABLE ONLY canon.batch_this_run
    ADD CONSTRAINT batch_this_run_pkey PRIMARY KEY (run_id);

ALTER TABLE ONLY canon.check_queue
    ADD CONSTRAINT check_queue_pkey PRIMARY KEY (id);

ALTER TABLE ONLY canon.claims_yango_cabinet_14d
    ADD CONSTRAINT claims_yango_cabinet_14d_pkey PRIMARY KEY (claim_id);

ALTER TABLE ONLY canon.dirty_keys
    ADD CONSTRAINT dirty_keys_pkey PRIMARY KEY (kind, value, cause);

ALTER TABLE ONLY canon.driver_orphan_quarantine
    ADD CONSTRAINT driver_orphan_quarantine_pkey PRIMARY KEY (driver_id);

ALTER TABLE ONLY canon.drivers_index
    ADD CONSTRAINT drivers_index_pkey PRIMARY KEY (driver_id);

ALTER TABLE ONLY canon.evaluation_queue
    ADD CONSTRAINT evaluation_queue_pkey PRIMARY KEY (source_table, source_pk);

ALTER TABLE ONLY canon.identity_aliases
    ADD CONSTRAINT identity_aliases_pkey PRIMARY KEY (person_key);

ALTER TABLE ONLY canon.identity_contested
    ADD CONSTRAINT identity_contested_pkey PRIMARY KEY (source_table, source_pk);

ALTER TABLE ONLY canon.identity_links
    ADD CONSTRAINT identity_links_pkey PRIMARY KEY (id);

ALTER TABLE ONLY canon.identity_links
    ADD CONSTRAINT identity_links_source_table_source_pk_key UNIQUE (source_table, source_pk);

ALTER TABLE ONLY canon.identity_origin_history
    ADD CONSTRAINT identity_origin_history_pkey PRIMARY KEY (id);

ALTER TABLE ONLY canon.identity_origin
    ADD CONSTRAINT identity_origin_pkey PRIMARY KEY (person_key);

ALTER TABLE ONLY canon.identity_registry
    ADD CONSTRAINT identity_registry_pkey PRIMARY KEY (person_key);

ALTER TABLE ONLY canon.identity_rekeys
    ADD CONSTRAINT identity_rekeys_pkey PRIMARY KEY (id);

ALTER TABLE ONLY canon.identity_unmatched
    ADD CONSTRAINT identity_unmatched_pkey PRIMARY KEY (id);

ALTER TABLE ONLY canon.identity_unmatched
    ADD CONSTRAINT identity_unmatched_source_table_source_pk_key UNIQUE (source_table, source_pk);

ALTER TABLE ONLY canon.partner_payments
    ADD CONSTRAINT partner_payments_pkey PRIMARY KEY (payment_id);

ALTER TABLE ONLY canon.payment_queue
    ADD CONSTRAINT payment_queue_pkey PRIMARY KEY (person_key);

ALTER TABLE ONLY canon.payments_without_claim
    ADD CONSTRAINT payments_without_claim_pkey PRIMARY KEY (payment_key);

ALTER TABLE ONLY canon.person_backfill_queue
    ADD CONSTRAINT person_backfill_queue_pkey PRIMARY KEY (id);

ALTER TABLE ONLY canon.person_merges_this_run
    ADD CONSTRAINT person_merges_this_run_pkey PRIMARY KEY (person_key);

ALTER TABLE ONLY canon.persons_without_ledger
    ADD CONSTRAINT persons_without_ledger_pkey PRIMARY KEY (person_key);

ALTER TABLE ONLY canon.read_model_refreshes
    ADD CONSTRAINT read_model_refreshes_pkey PRIMARY KEY (read_model);

ALTER TABLE ONLY canon.records_index
    ADD CONSTRAINT records_index_pkey PRIMARY KEY (source_table, source_pk);

ALTER TABLE ONLY canon.replaced_records
    ADD CONSTRAINT replaced_records_pkey PRIMARY KEY (source_table, source_pk);

ALTER TABLE ONLY canon.review_cases
    ADD CONSTRAINT review_cases_pkey PRIMARY KEY (case_kind, case_key);

ALTER TABLE ONLY canon.scout_payment_milestones
    ADD CONSTRAINT scout_payment_milestones_pkey PRIMARY KEY (person_key, rule_id);

ALTER TABLE ONLY canon.shared_values
    ADD CONSTRAINT shared_values_pkey PRIMARY KEY (kind, value);

ALTER TABLE ONLY canon.source_bindings
    ADD CONSTRAINT source_bindings_pkey PRIMARY KEY (table_name);

ALTER TABLE ONLY canon.source_chunk_digests
    ADD CONSTRAINT source_chunk_digests_pkey PRIMARY KEY (source_table, chunk);

ALTER TABLE ONLY canon.value_frequencies
    ADD CONSTRAINT value_frequencies_pkey PRIMARY KEY (kind, value);

ALTER TABLE ONLY canon.weights_versions
    ADD CONSTRAINT weights_versions_pkey PRIMARY KEY (version);

ALTER TABLE ONLY observational.lead_events
    ADD CONSTRAINT lead_events_pkey PRIMARY KEY (id);

ALTER TABLE ONLY observational.lead_events
    ADD CONSTRAINT lead_events_source_table_source_pk_key UNIQUE (source_table, source_pk);

ALTER TABLE ONLY observational.lead_ledger
    ADD CONSTRAINT lead_ledger_pkey PRIMARY KEY (person_key);

ALTER TABLE ONLY observational.scouting_match_candidates
    ADD CONSTRAINT scouting_match_candidates_pkey PRIMARY KEY (id);

ALTER TABLE ONLY ops.alert_deliveries
    ADD CONSTRAINT alert_deliveries_episode_id_message_channel_key UNIQUE (episode_id, message, channel);

ALTER TABLE ONLY ops.alert_deliveries
    ADD CONSTRAINT alert_deliveries_pkey PRIMARY KEY (id);

ALTER TABLE ONLY ops.alert_episodes
    ADD CONSTRAINT alert_episodes_pkey PRIMARY KEY (id);

ALTER TABLE ONLY ops.alert_mutes
    ADD CONSTRAINT alert_mutes_pkey PRIMARY KEY (id);

ALTER TABLE ONLY ops.alerts
    ADD CONSTRAINT alerts_pkey PRIMARY KEY (id);

ALTER TABLE ONLY ops.audit_chain
    ADD CONSTRAINT audit_chain_pkey PRIMARY KEY ("position");

ALTER TABLE ONLY ops.audit_chain
    ADD CONSTRAINT audit_chain_run_id_part_key UNIQUE (run_id, part);

ALTER TABLE ONLY ops.audit_verifications
    ADD CONSTRAINT audit_verifications_pkey PRIMARY KEY (id);

ALTER TABLE ONLY ops.check_results
    ADD CONSTRAINT check_results_pkey PRIMARY KEY (id);

ALTER TABLE ONLY ops.check_state_changes
    ADD CONSTRAINT check_state_changes_pkey PRIMARY KEY (id);

ALTER TABLE ONLY ops.check_states
    ADD CONSTRAINT check_states_pkey PRIMARY KEY (check_name);

ALTER TABLE ONLY ops.claim_changes
    ADD CONSTRAINT claim_changes_pkey PRIMARY KEY (id);

ALTER TABLE ONLY ops.control_tower_schema_version
    ADD CONSTRAINT control_tower_schema_version_pkc PRIMARY KEY (version_num);

ALTER TABLE ONLY ops.dag_observations
    ADD CONSTRAINT dag_observations_pkey PRIMARY KEY (dag_id);

ALTER TABLE ONLY ops.deferred_indexes
    ADD CONSTRAINT deferred_indexes_pkey PRIMARY KEY (table_name, definition);

ALTER TABLE ONLY ops.earlier_audit_runs
    ADD CONSTRAINT earlier_audit_runs_pkey PRIMARY KEY (run_id);

ALTER TABLE ONLY ops.earlier_ledger_rows
    ADD CONSTRAINT earlier_ledger_rows_pkey PRIMARY KEY (person_key);

ALTER TABLE ONLY ops.health_checks
    ADD CONSTRAINT health_checks_pkey PRIMARY KEY (id);

ALTER TABLE ONLY ops.health_settings
    ADD CONSTRAINT health_settings_pkey PRIMARY KEY (is_only);

ALTER TABLE ONLY ops.human_decisions
    ADD CONSTRAINT human_decisions_pkey PRIMARY KEY (id);

ALTER TABLE ONLY ops.identity_links_backfill_audit
    ADD CONSTRAINT identity_links_backfill_audit_pkey PRIMARY KEY (id);

ALTER TABLE ONLY ops.identity_matching_jobs
    ADD CONSTRAINT identity_matching_jobs_pkey PRIMARY KEY (id);

ALTER TABLE ONLY ops.identity_matching_jobs
    ADD CONSTRAINT identity_matching_jobs_source_type_source_id_key UNIQUE (source_type, source_id);

ALTER TABLE ONLY ops.ingestion_runs
    ADD CONSTRAINT ingestion_runs_pkey PRIMARY KEY (id);

ALTER TABLE ONLY ops.job_runs_audit
    ADD CONSTRAINT job_runs_audit_pkey PRIMARY KEY (id);

ALTER TABLE ONLY ops.lead_events_scout_backfill_audit
    ADD CONSTRAINT lead_events_scout_backfill_audit_pkey PRIMARY KEY (id);

ALTER TABLE ONLY ops.lead_ledger_scout_backfill_audit
    ADD CONSTRAINT lead_ledger_scout_backfill_audit_pkey PRIMARY KEY (id);

ALTER TABLE ONLY ops.liquidation_periods
    ADD CONSTRAINT liquidation_periods_daterange_excl EXCLUDE USING gist (daterange(period_start, period_end, '[]'::text) WITH &&);

ALTER TABLE ONLY ops.liquidation_periods
    ADD CONSTRAINT liquidation_periods_pkey PRIMARY KEY (id);

ALTER TABLE ONLY ops.materialised_view_refreshes
    ADD CONSTRAINT materialised_view_refreshes_pkey PRIMARY KEY (view_name);

ALTER TABLE ONLY ops.partner_payment_rules
    ADD CONSTRAINT partner_payment_rules_origin_tag_window_days_milestone_trip_key UNIQUE (origin_tag, window_days, milestone_trips, valid_from);

ALTER TABLE ONLY ops.partner_payment_rules
    ADD CONSTRAINT partner_payment_rules_pkey PRIMARY KEY (id);

ALTER TABLE ONLY ops.personal_data_access
    ADD CONSTRAINT personal_data_access_pkey PRIMARY KEY (id);

ALTER TABLE ONLY ops.review_postponements
    ADD CONSTRAINT review_postponements_pkey PRIMARY KEY (case_kind, case_key);

ALTER TABLE ONLY ops.run_steps
    ADD CONSTRAINT run_steps_pkey PRIMARY KEY (run_id, step);

ALTER TABLE ONLY ops.scout_attribution_daily
    ADD CONSTRAINT scout_attribution_daily_pkey PRIMARY KEY (metric_date);

ALTER TABLE ONLY ops.scout_payment_rules
    ADD CONSTRAINT scout_payment_rules_origin_tag_window_days_milestone_trips__key UNIQUE (origin_tag, window_days, milestone_trips, valid_from);

ALTER TABLE ONLY ops.scout_payment_rules
    ADD CONSTRAINT scout_payment_rules_pkey PRIMARY KEY (id);

ALTER TABLE ONLY ops.scout_statement_lines
    ADD CONSTRAINT scout_statement_lines_pkey PRIMARY KEY (id);

ALTER TABLE ONLY ops.scout_statement_payments
    ADD CONSTRAINT scout_statement_payments_pkey PRIMARY KEY (id);

ALTER TABLE ONLY ops.scout_statement_payments
    ADD CONSTRAINT scout_statement_payments_statement_id_key UNIQUE (statement_id);

ALTER TABLE ONLY ops.scout_statements
    ADD CONSTRAINT scout_statements_period_id_scout_id_currency_key UNIQUE (period_id, scout_id, currency);

ALTER TABLE ONLY ops.scout_statements
    ADD CONSTRAINT scout_statements_pkey PRIMARY KEY (id);

ALTER TABLE ONLY ops.source_counts
    ADD CONSTRAINT source_counts_pkey PRIMARY KEY (source_name);

ALTER TABLE ONLY ops.source_days
    ADD CONSTRAINT source_days_key UNIQUE NULLS NOT DISTINCT (source_name, metric_type, day, ahead_hour, is_settled);

ALTER TABLE ONLY ops.source_volumes
    ADD CONSTRAINT source_volumes_pkey PRIMARY KEY (source_name, day);

ALTER TABLE ONLY ops.yango_payment_status_ledger
    ADD CONSTRAINT yango_payment_status_ledger_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.drivers
    ADD CONSTRAINT drivers_pkey PRIMARY KEY (driver_id);

ALTER TABLE ONLY public.module_ct_cabinet_leads
    ADD CONSTRAINT module_ct_cabinet_leads_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.module_ct_cabinet_payments
    ADD CONSTRAINT module_ct_cabinet_payments_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.module_ct_migrations
    ADD CONSTRAINT module_ct_migrations_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.module_ct_scout_drivers
    ADD CONSTRAINT module_ct_scout_drivers_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.module_ct_scouting_daily
    ADD CONSTRAINT module_ct_scouting_daily_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.module_ct_scouts_list
    ADD CONSTRAINT module_ct_scouts_list_pkey PRIMARY KEY (id);

CREATE INDEX cabinet_claims_amount ON canon.cabinet_claims USING btree (expected_amount DESC);

CREATE UNIQUE INDEX cabinet_claims_key ON canon.cabinet_claims USING btree (driver_id, milestone_value, currency) NULLS NOT DISTINCT;

CREATE INDEX cabinet_claims_lead ON canon.cabinet_claims USING btree (lead_date DESC, milestone_value DESC);

CREATE INDEX cabinet_claims_person ON canon.cabinet_claims USING btree (person_key);

CREATE INDEX cabinet_claims_reconcilable ON canon.cabinet_claims USING btree (is_reconcilable_enriched) WHERE is_reconcilable_enriched;

CREATE INDEX cabinet_claims_status ON canon.cabinet_claims USING btree (yango_payment_status);

CREATE INDEX cabinet_financials_due ON canon.cabinet_financials USING btree (amount_due_yango DESC) WHERE (amount_due_yango > (0)::numeric);

CREATE INDEX cabinet_financials_expected ON canon.cabinet_financials USING btree (expected_total_yango DESC) WHERE (expected_total_yango > (0)::numeric);

CREATE UNIQUE INDEX cabinet_financials_key ON canon.cabinet_financials USING btree (driver_id, currency) NULLS NOT DISTINCT;

CREATE INDEX cabinet_financials_lead_date ON canon.cabinet_financials USING btree (lead_date);

CREATE INDEX cabinet_financials_person ON canon.cabinet_financials USING btree (person_key);

CREATE INDEX claims_yango_cabinet_14d_driver_id_milestone_idx ON canon.claims_yango_cabinet_14d USING btree (driver_id, milestone);

CREATE INDEX claims_yango_cabinet_14d_lead_date_idx ON canon.claims_yango_cabinet_14d USING btree (lead_date);

CREATE INDEX claims_yango_cabinet_14d_lead_source_pk_milestone_idx ON canon.claims_yango_cabinet_14d USING btree (lead_source_pk, milestone);

CREATE UNIQUE INDEX claims_yango_cabinet_14d_person_key_lead_date_milestone_idx ON canon.claims_yango_cabinet_14d USING btree (person_key, lead_date, milestone);

CREATE INDEX claims_yango_cabinet_14d_status_idx ON canon.claims_yango_cabinet_14d USING btree (status);

CREATE INDEX driver_orphan_quarantine_detected_at_idx ON canon.driver_orphan_quarantine USING btree (detected_at);

CREATE INDEX driver_orphan_quarantine_detected_reason_idx ON canon.driver_orphan_quarantine USING btree (detected_reason);

CREATE INDEX driver_orphan_quarantine_person_key_idx ON canon.driver_orphan_quarantine USING btree (person_key);

CREATE INDEX driver_orphan_quarantine_status_idx ON canon.driver_orphan_quarantine USING btree (status);

CREATE INDEX drivers_index_account_group ON canon.drivers_index USING btree (account_group);

CREATE INDEX drivers_index_car ON canon.drivers_index USING btree (car_fingerprint, hire_date);

CREATE INDEX drivers_index_license_norm_idx ON canon.drivers_index USING btree (license_norm);

CREATE INDEX drivers_index_license_number ON canon.drivers_index USING btree (license_number) WHERE (license_number IS NOT NULL);

CREATE INDEX drivers_index_name_blocks ON canon.drivers_index USING gin (canon.name_blocks((full_name_norm)::text)) WITH (fastupdate=off);

CREATE INDEX drivers_index_phone_norm_idx ON canon.drivers_index USING btree (phone_norm);

CREATE INDEX drivers_index_plate_norm ON canon.drivers_index USING btree (plate_norm);

CREATE INDEX drivers_index_search ON canon.drivers_index USING gin (array_to_tsvector(array_remove((string_to_array((full_name_norm)::text, ' '::text) || reverse((phone_norm)::text)), NULL::text)));

CREATE INDEX identity_aliases_survivor ON canon.identity_aliases USING btree (survivor_key);

CREATE INDEX identity_links_by_probability ON canon.identity_links USING btree (match_rule, match_probability) WHERE ((match_probability IS NOT NULL) AND ((match_rule)::text <> 'MANUAL'::text));

CREATE INDEX identity_links_matched_driver ON canon.identity_links USING btree (matched_driver_id) WHERE (matched_driver_id IS NOT NULL);

CREATE INDEX identity_links_of_run ON canon.identity_links USING btree (run_id, match_rule);

CREATE INDEX identity_links_person_key ON canon.identity_links USING btree (person_key);

CREATE INDEX identity_links_run_id_idx ON canon.identity_links USING btree (run_id);

CREATE INDEX identity_origin_history_changed_at_idx ON canon.identity_origin_history USING btree (changed_at);

CREATE INDEX identity_origin_history_person_key_idx ON canon.identity_origin_history USING btree (person_key);

CREATE INDEX identity_origin_origin_source_id_idx ON canon.identity_origin USING btree (origin_source_id);

CREATE INDEX identity_origin_origin_tag_idx ON canon.identity_origin USING btree (origin_tag);

CREATE INDEX identity_origin_resolution_status_idx ON canon.identity_origin USING btree (resolution_status);

CREATE INDEX identity_origin_ruleset_version_idx ON canon.identity_origin USING btree (ruleset_version);

CREATE INDEX identity_rekeys_new ON canon.identity_rekeys USING btree (source_table, new_source_pk);

CREATE INDEX identity_unmatched_by_age ON canon.identity_unmatched USING btree (status, created_at DESC NULLS LAST, source_table, source_pk);

CREATE INDEX identity_unmatched_by_date ON canon.identity_unmatched USING btree (status, event_date DESC NULLS LAST, source_table, source_pk);

CREATE INDEX identity_unmatched_by_reason ON canon.identity_unmatched USING btree (status, reason_code, source_table, source_pk);

CREATE INDEX identity_unmatched_likeliest ON canon.identity_unmatched USING btree (status, match_probability DESC NULLS LAST, source_table, source_pk);

CREATE INDEX identity_unmatched_run_id_idx ON canon.identity_unmatched USING btree (run_id);

CREATE INDEX paid_payments_driver ON canon.paid_payments USING btree (driver_id) WHERE (driver_id IS NOT NULL);

CREATE INDEX paid_payments_key ON canon.paid_payments USING btree (payment_key);

CREATE INDEX paid_payments_name ON canon.paid_payments USING btree (name_key) WHERE (name_key IS NOT NULL);

CREATE INDEX paid_payments_person ON canon.paid_payments USING btree (person_key) WHERE (person_key IS NOT NULL);

CREATE INDEX partner_claims_amount ON canon.partner_claims USING btree (expected_amount DESC NULLS LAST, driver_id, milestone_value);

CREATE INDEX partner_claims_conflict ON canon.partner_claims USING btree (lead_date DESC NULLS LAST) WHERE is_conflict;

CREATE INDEX partner_claims_due ON canon.partner_claims USING btree (yango_due_date, driver_id, milestone_value);

CREATE INDEX partner_claims_key ON canon.partner_claims USING btree (driver_id, milestone_value);

CREATE INDEX partner_claims_lead ON canon.partner_claims USING btree (lead_date DESC NULLS LAST, milestone_value DESC NULLS LAST, driver_id);

CREATE INDEX partner_claims_payment ON canon.partner_claims USING btree (payment_key) WHERE (payment_key IS NOT NULL);

CREATE INDEX partner_claims_person ON canon.partner_claims USING btree (person_key);

CREATE INDEX partner_claims_scout ON canon.partner_claims USING btree (scout_id, driver_id, milestone_value);

CREATE INDEX partner_claims_status ON canon.partner_claims USING btree (yango_payment_status);

CREATE INDEX payment_names_driver ON canon.payment_names USING btree (driver_id);

CREATE INDEX payment_names_key ON canon.payment_names USING btree (name_key);

CREATE INDEX persons_without_ledger_category ON canon.persons_without_ledger USING btree (('C'::text), person_key);

CREATE INDEX persons_without_ledger_dates ON canon.persons_without_ledger USING btree ((NULL::date), person_key);

CREATE INDEX persons_without_ledger_events ON canon.persons_without_ledger USING btree (((0)::bigint), person_key);

CREATE INDEX records_index_car ON canon.records_index USING btree (car_fingerprint, event_date) WHERE (car_fingerprint IS NOT NULL);

CREATE INDEX records_index_chunk ON canon.records_index USING btree ((((source_row_id / 16) & (65535)::bigint)));

CREATE INDEX records_index_driver ON canon.records_index USING btree (driver_id) WHERE (driver_id IS NOT NULL);

CREATE INDEX records_index_gone ON canon.records_index USING btree (source_table, digest) WHERE (gone_since IS NOT NULL);

CREATE INDEX records_index_license ON canon.records_index USING btree (license_norm) WHERE (license_norm IS NOT NULL);

CREATE INDEX records_index_license_number ON canon.records_index USING btree (license_number) WHERE (license_number IS NOT NULL);

CREATE INDEX records_index_name_blocks ON canon.records_index USING gin (canon.name_blocks(name_norm)) WITH (fastupdate=off);

CREATE INDEX records_index_phone ON canon.records_index USING btree (phone_norm) WHERE (phone_norm IS NOT NULL);

CREATE INDEX records_index_plate ON canon.records_index USING btree (plate_norm) WHERE (plate_norm IS NOT NULL);

CREATE INDEX records_index_run ON canon.records_index USING brin (run_id) WITH (pages_per_range='8', autosummarize='false');

CREATE INDEX records_index_search ON canon.records_index USING gin (array_to_tsvector(array_remove((string_to_array(name_norm, ' '::text) || reverse(phone_norm)), NULL::text)));

CREATE INDEX records_index_undated_claims ON canon.records_index USING btree (source_table, source_pk) WHERE ((event_date IS NULL) AND (scout_id IS NOT NULL));

CREATE INDEX review_cases_of_park ON canon.review_cases USING btree (park_id, case_kind, worth DESC, probability DESC NULLS LAST, since, case_key) WHERE (park_id IS NOT NULL);

CREATE INDEX review_cases_of_person ON canon.review_cases USING btree (person_key) WHERE (person_key IS NOT NULL);

CREATE INDEX review_cases_of_reason ON canon.review_cases USING btree (case_kind, reason_code);

CREATE INDEX review_cases_of_scout ON canon.review_cases USING gin (scout_ids) WHERE (scout_ids <> '{}'::integer[]);

CREATE INDEX review_cases_order ON canon.review_cases USING btree (case_kind, worth DESC, probability DESC NULLS LAST, since, case_key);

CREATE INDEX scout_payment_milestones_due ON canon.scout_payment_milestones USING btree (payable_date, scout_id);

CREATE INDEX scout_payment_milestones_scout ON canon.scout_payment_milestones USING btree (scout_id);

CREATE INDEX scout_payments_amount ON canon.scout_payments USING btree (amount_payable DESC NULLS LAST, person_key);

CREATE INDEX scout_payments_attributed ON canon.scout_payments USING btree (attribution_date DESC NULLS LAST, person_key);

CREATE INDEX scout_payments_blocked ON canon.scout_payments USING btree (block_reason, person_key) WHERE (block_reason IS NOT NULL);

CREATE INDEX scout_payments_lead ON canon.scout_payments USING btree (lead_date DESC NULLS LAST, person_key);

CREATE INDEX scout_payments_milestone ON canon.scout_payments USING btree (milestone_reached, person_key) WHERE (milestone_reached > 0);

CREATE UNIQUE INDEX scout_payments_person ON canon.scout_payments USING btree (person_key, currency) NULLS NOT DISTINCT;

CREATE INDEX scout_payments_scout ON canon.scout_payments USING btree (scout_id, person_key);

CREATE INDEX scout_payments_status ON canon.scout_payments USING btree (payment_status, person_key);

CREATE INDEX scout_payments_status_lead ON canon.scout_payments USING btree (payment_status, lead_date DESC NULLS LAST, person_key);

CREATE INDEX lead_events_created ON observational.lead_events USING brin (created_at) WITH (pages_per_range='8', autosummarize='false');

CREATE INDEX lead_events_event_date_idx ON observational.lead_events USING btree (event_date);

CREATE INDEX lead_events_person_key_idx ON observational.lead_events USING btree (person_key);

CREATE INDEX lead_events_scout_day ON observational.lead_events USING btree (scout_id, event_date) WHERE (scout_id IS NOT NULL);

CREATE INDEX lead_events_scout_id_idx ON observational.lead_events USING btree (scout_id);

CREATE INDEX lead_events_scouts ON observational.lead_events USING btree (person_key, scout_id) WHERE (scout_id IS NOT NULL);

CREATE INDEX lead_ledger_attributed_scout_id_idx ON observational.lead_ledger USING btree (attributed_scout_id);

CREATE INDEX lead_ledger_backlog_category ON observational.lead_ledger USING btree ((
CASE
    WHEN (event_scouts > 0) THEN 'D'::text
    WHEN (event_scouts = 0) THEN 'A'::text
    ELSE 'C'::text
END), person_key) WHERE (attributed_scout_id IS NULL);

CREATE INDEX lead_ledger_backlog_category_events ON observational.lead_ledger USING btree ((
CASE
    WHEN (event_scouts > 0) THEN 'D'::text
    WHEN (event_scouts = 0) THEN 'A'::text
    ELSE 'C'::text
END), ((COALESCE(event_count, 0))::bigint), person_key) WHERE (attributed_scout_id IS NULL);

CREATE INDEX lead_ledger_backlog_category_first ON observational.lead_ledger USING btree ((
CASE
    WHEN (event_scouts > 0) THEN 'D'::text
    WHEN (event_scouts = 0) THEN 'A'::text
    ELSE 'C'::text
END), first_event_date, person_key) WHERE (attributed_scout_id IS NULL);

CREATE INDEX lead_ledger_backlog_category_last ON observational.lead_ledger USING btree ((
CASE
    WHEN (event_scouts > 0) THEN 'D'::text
    WHEN (event_scouts = 0) THEN 'A'::text
    ELSE 'C'::text
END), last_event_date, person_key) WHERE (attributed_scout_id IS NULL);

CREATE INDEX lead_ledger_backlog_events ON observational.lead_ledger USING btree (((COALESCE(event_count, 0))::bigint), person_key) WHERE (attributed_scout_id IS NULL);

CREATE INDEX lead_ledger_backlog_first ON observational.lead_ledger USING btree (first_event_date, person_key) WHERE (attributed_scout_id IS NULL);

CREATE INDEX lead_ledger_backlog_last ON observational.lead_ledger USING btree (last_event_date, person_key) WHERE (attributed_scout_id IS NULL);

CREATE INDEX lead_ledger_backlog_person ON observational.lead_ledger USING btree (person_key) WHERE (attributed_scout_id IS NULL);

CREATE INDEX lead_ledger_backlog_scout ON observational.lead_ledger USING btree ((
CASE
    WHEN (event_scouts = 1) THEN event_scout_ids[1]
    ELSE NULL::integer
END), person_key) WHERE ((
CASE
    WHEN (event_scouts = 1) THEN event_scout_ids[1]
    ELSE NULL::integer
END IS NOT NULL) AND (attributed_scout_id IS NULL));

CREATE INDEX lead_ledger_conflicts ON observational.lead_ledger USING btree (person_key) WHERE (decision_status = 'conflict'::public.decisionstatus);

CREATE INDEX lead_ledger_conflicts_by_age ON observational.lead_ledger USING btree (COALESCE(conflict_since, updated_at), person_key) WHERE (decision_status = 'conflict'::public.decisionstatus);

CREATE INDEX lead_ledger_conflicts_claimants ON observational.lead_ledger USING gin (array_append(event_scout_ids, attributed_scout_id)) WHERE (decision_status = 'conflict'::public.decisionstatus);

CREATE INDEX lead_ledger_conflicts_first ON observational.lead_ledger USING btree (first_claim_date, person_key) WHERE (decision_status = 'conflict'::public.decisionstatus);

CREATE INDEX lead_ledger_conflicts_last ON observational.lead_ledger USING btree (last_claim_date, person_key) WHERE (decision_status = 'conflict'::public.decisionstatus);

CREATE INDEX lead_ledger_conflicts_scouts ON observational.lead_ledger USING btree ((((COALESCE(cardinality(event_scout_ids), 0))::bigint +
CASE
    WHEN (attributed_scout_id <> ALL (COALESCE(event_scout_ids, '{}'::integer[]))) THEN 1
    ELSE 0
END)), person_key) WHERE (decision_status = 'conflict'::public.decisionstatus);

CREATE INDEX lead_ledger_decision_status_idx ON observational.lead_ledger USING btree (decision_status);

CREATE INDEX scouting_match_candidates_person_key_candidate_idx ON observational.scouting_match_candidates USING btree (person_key_candidate) WHERE (person_key_candidate IS NOT NULL);

CREATE INDEX scouting_match_candidates_scouting_date_idx ON observational.scouting_match_candidates USING btree (scouting_date);

CREATE INDEX scouting_match_candidates_scouting_row_id_idx ON observational.scouting_match_candidates USING btree (scouting_row_id);

CREATE INDEX scouting_match_candidates_week_label_idx ON observational.scouting_match_candidates USING btree (week_label);

CREATE INDEX alert_deliveries_pending ON ops.alert_deliveries USING btree (channel, id) WHERE (status = 'PENDING'::text);

CREATE INDEX alert_episodes_newest ON ops.alert_episodes USING btree (opened_at DESC);

CREATE UNIQUE INDEX alert_episodes_one_open_per_cause ON ops.alert_episodes USING btree (cause) WHERE (closed_at IS NULL);

CREATE INDEX alert_mutes_in_force ON ops.alert_mutes USING btree (target, muted_until) WHERE (ended_at IS NULL);

CREATE INDEX alert_mutes_of_episodes ON ops.alert_mutes USING btree (episode_id);

CREATE INDEX alerts_acknowledged_at_idx ON ops.alerts USING btree (acknowledged_at) WHERE (acknowledged_at IS NULL);

CREATE INDEX alerts_week_label_idx ON ops.alerts USING btree (week_label);

CREATE INDEX check_results_full ON ops.check_results USING btree (check_name, checked_at DESC) WHERE is_full;

CREATE INDEX check_results_latest ON ops.check_results USING btree (check_name, checked_at DESC);

CREATE INDEX check_state_changes_age ON ops.check_state_changes USING btree (changed_at);

CREATE INDEX check_state_changes_of_check ON ops.check_state_changes USING btree (check_name, changed_at DESC);

CREATE INDEX claim_changes_moment ON ops.claim_changes USING btree (changed_at DESC NULLS LAST, id DESC NULLS LAST);

CREATE INDEX claim_changes_run ON ops.claim_changes USING btree (run_id, id);

CREATE INDEX health_checks_moment ON ops.health_checks USING btree (checked_at DESC);

CREATE INDEX human_decisions_dag_run ON ops.human_decisions USING btree (dag_run_id) WHERE (dag_run_id IS NOT NULL);

CREATE INDEX human_decisions_decided ON ops.human_decisions USING btree (decided_at, id);

CREATE INDEX human_decisions_person ON ops.human_decisions USING btree (person_key);

CREATE INDEX human_decisions_record ON ops.human_decisions USING btree (source_table, source_pk);

CREATE INDEX human_decisions_reverted_run ON ops.human_decisions USING btree (reverted_run_id) WHERE (reverted_run_id IS NOT NULL);

CREATE INDEX identity_links_backfill_audit_backfill_timestamp_idx ON ops.identity_links_backfill_audit USING btree (backfill_timestamp);

CREATE INDEX identity_links_backfill_audit_ingestion_run_id_idx ON ops.identity_links_backfill_audit USING btree (ingestion_run_id);

CREATE INDEX identity_links_backfill_audit_latest ON ops.identity_links_backfill_audit USING btree (source_table, source_pk, id DESC);

CREATE INDEX identity_links_backfill_audit_person_key_idx ON ops.identity_links_backfill_audit USING btree (person_key);

CREATE INDEX identity_links_backfill_audit_source_table_source_pk_idx ON ops.identity_links_backfill_audit USING btree (source_table, source_pk);

CREATE INDEX identity_matching_jobs_matched_person_key_idx ON ops.identity_matching_jobs USING btree (matched_person_key) WHERE (matched_person_key IS NOT NULL);

CREATE INDEX identity_matching_jobs_status_last_attempt_at_idx ON ops.identity_matching_jobs USING btree (status, last_attempt_at);

CREATE INDEX ingestion_runs_completed ON ops.ingestion_runs USING btree (job_type, completed_at DESC) WHERE (status = 'COMPLETED'::public.runstatus);

CREATE INDEX ingestion_runs_job_type_started_at_idx ON ops.ingestion_runs USING btree (job_type, started_at DESC);

CREATE INDEX ingestion_runs_newest ON ops.ingestion_runs USING btree (job_type, started_at DESC, id DESC);

CREATE UNIQUE INDEX ingestion_runs_one_running_per_job ON ops.ingestion_runs USING btree (job_type) WHERE ((status = 'RUNNING'::public.runstatus) AND (heartbeat_at IS NOT NULL));

CREATE INDEX job_runs_audit_run ON ops.job_runs_audit USING btree (run_id);

CREATE INDEX lead_events_scout_backfill_audit_backfill_timestamp_idx ON ops.lead_events_scout_backfill_audit USING btree (backfill_timestamp);

CREATE INDEX lead_events_scout_backfill_audit_ingestion_run_id_idx ON ops.lead_events_scout_backfill_audit USING btree (ingestion_run_id);

CREATE INDEX lead_events_scout_backfill_audit_latest ON ops.lead_events_scout_backfill_audit USING btree (source_table, source_pk, id DESC);

CREATE INDEX lead_events_scout_backfill_audit_person_key_idx ON ops.lead_events_scout_backfill_audit USING btree (person_key);

CREATE INDEX lead_events_scout_backfill_audit_source_table_source_pk_idx ON ops.lead_events_scout_backfill_audit USING btree (source_table, source_pk);

CREATE INDEX lead_ledger_audit_run ON ops.lead_ledger_scout_backfill_audit USING btree (ingestion_run_id, person_key);

CREATE INDEX lead_ledger_scout_backfill_audit_backfill_timestamp_idx ON ops.lead_ledger_scout_backfill_audit USING btree (backfill_timestamp);

CREATE INDEX lead_ledger_scout_backfill_audit_ingestion_run_id_idx ON ops.lead_ledger_scout_backfill_audit USING btree (ingestion_run_id);

CREATE INDEX lead_ledger_scout_backfill_audit_person_key_idx ON ops.lead_ledger_scout_backfill_audit USING btree (person_key);

CREATE INDEX personal_data_access_person ON ops.personal_data_access USING btree (person_key, seen_at DESC) WHERE (person_key IS NOT NULL);

CREATE INDEX personal_data_access_time ON ops.personal_data_access USING btree (seen_at);

CREATE INDEX scout_statement_lines_person ON ops.scout_statement_lines USING btree (person_key, rule_id);

CREATE INDEX scout_statement_lines_statement ON ops.scout_statement_lines USING btree (statement_id, id);

CREATE INDEX scout_statements_scout ON ops.scout_statements USING btree (scout_id, period_id);

CREATE INDEX yango_payment_status_ledger_driver_id_idx ON ops.yango_payment_status_ledger USING btree (driver_id) WHERE (driver_id IS NOT NULL);

CREATE INDEX yango_payment_status_ledger_milestone_value_is_paid_idx ON ops.yango_payment_status_ledger USING btree (milestone_value, is_paid);

CREATE INDEX yango_payment_status_ledger_pay_date_idx ON ops.yango_payment_status_ledger USING btree (pay_date) WHERE (pay_date IS NOT NULL);

CREATE INDEX yango_payment_status_ledger_payment_key_idx ON ops.yango_payment_status_ledger USING btree (payment_key);

CREATE UNIQUE INDEX yango_payment_status_ledger_payment_key_state_hash_idx ON ops.yango_payment_status_ledger USING btree (payment_key, state_hash);

CREATE INDEX yango_payment_status_ledger_person_key_idx ON ops.yango_payment_status_ledger USING btree (person_key) WHERE (person_key IS NOT NULL);

CREATE INDEX yango_payment_status_ledger_snapshot_at_idx ON ops.yango_payment_status_ledger USING btree (snapshot_at DESC);

CREATE UNIQUE INDEX module_ct_cabinet_leads_external_id_idx ON public.module_ct_cabinet_leads USING btree (external_id) WHERE (external_id IS NOT NULL);

CREATE INDEX module_ct_cabinet_leads_lead_created_at_idx ON public.module_ct_cabinet_leads USING btree (lead_created_at);

CREATE INDEX module_ct_cabinet_leads_park_phone_idx ON public.module_ct_cabinet_leads USING btree (park_phone) WHERE (park_phone IS NOT NULL);

CREATE INDEX module_ct_cabinet_payments_driver_id_idx ON public.module_ct_cabinet_payments USING btree (driver_id) WHERE (driver_id IS NOT NULL);

CREATE INDEX module_ct_cabinet_payments_person_key_idx ON public.module_ct_cabinet_payments USING btree (person_key) WHERE (person_key IS NOT NULL);

CREATE INDEX summary_daily_driver_id_idx ON public.summary_daily USING btree (driver_id);

CREATE STATISTICS canon.scout_payments_filters (mcv) ON origin_tag, milestone_reached, payment_status, block_reason FROM canon.scout_payments;

CREATE TRIGGER invalidate_source_chunk_digests AFTER DELETE OR TRUNCATE ON canon.drivers_index FOR EACH STATEMENT EXECUTE FUNCTION canon.invalidate_source_chunk_digests();

COMMENT ON TRIGGER invalidate_source_chunk_digests ON canon.drivers_index IS 'Control Tower, triggers/drivers_index.sql [5d7f822c0d9d]';

CREATE TRIGGER invalidate_source_chunk_digests AFTER DELETE OR TRUNCATE ON canon.records_index FOR EACH STATEMENT EXECUTE FUNCTION canon.invalidate_source_chunk_digests();

COMMENT ON TRIGGER invalidate_source_chunk_digests ON canon.records_index IS 'Control Tower, triggers/records_index.sql [20e43d5c4b77]';

CREATE TRIGGER maintain_registry_summaries_on_delete AFTER DELETE ON canon.identity_registry REFERENCING OLD TABLE AS before FOR EACH STATEMENT EXECUTE FUNCTION canon.maintain_registry_summaries();

ALTER TABLE canon.identity_registry ENABLE ALWAYS TRIGGER maintain_registry_summaries_on_delete;

COMMENT ON TRIGGER maintain_registry_summaries_on_delete ON canon.identity_registry IS 'Control Tower, triggers/identity_registry.sql [ccc8e59a4368]';

CREATE TRIGGER maintain_registry_summaries_on_insert AFTER INSERT ON canon.identity_registry REFERENCING NEW TABLE AS after FOR EACH STATEMENT EXECUTE FUNCTION canon.maintain_registry_summaries();

ALTER TABLE canon.identity_registry ENABLE ALWAYS TRIGGER maintain_registry_summaries_on_insert;

COMMENT ON TRIGGER maintain_registry_summaries_on_insert ON canon.identity_registry IS 'Control Tower, triggers/identity_registry.sql [ccc8e59a4368]';

CREATE TRIGGER queue_checks_on_delete AFTER DELETE ON canon.identity_links REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION canon.queue_checks_of_identity_links();

COMMENT ON TRIGGER queue_checks_on_delete ON canon.identity_links IS 'Control Tower, triggers/identity_links.sql [08de1c2f9db6]';

CREATE TRIGGER queue_checks_on_delete AFTER DELETE ON canon.identity_unmatched REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION canon.queue_checks_of_identity_unmatched();

COMMENT ON TRIGGER queue_checks_on_delete ON canon.identity_unmatched IS 'Control Tower, triggers/identity_unmatched.sql [6404402fa032]';

CREATE TRIGGER queue_checks_on_insert AFTER INSERT ON canon.identity_links REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION canon.queue_checks_of_identity_links();

COMMENT ON TRIGGER queue_checks_on_insert ON canon.identity_links IS 'Control Tower, triggers/identity_links.sql [08de1c2f9db6]';

CREATE TRIGGER queue_checks_on_insert AFTER INSERT ON canon.identity_unmatched REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION canon.queue_checks_of_identity_unmatched();

COMMENT ON TRIGGER queue_checks_on_insert ON canon.identity_unmatched IS 'Control Tower, triggers/identity_unmatched.sql [6404402fa032]';

CREATE TRIGGER queue_checks_on_update AFTER UPDATE ON canon.identity_links REFERENCING OLD TABLE AS before NEW TABLE AS after FOR EACH STATEMENT EXECUTE FUNCTION canon.queue_checks_of_identity_links();

COMMENT ON TRIGGER queue_checks_on_update ON canon.identity_links IS 'Control Tower, triggers/identity_links.sql [08de1c2f9db6]';

CREATE TRIGGER queue_checks_on_update AFTER UPDATE ON canon.identity_unmatched REFERENCING OLD TABLE AS before NEW TABLE AS after FOR EACH STATEMENT EXECUTE FUNCTION canon.queue_checks_of_identity_unmatched();

COMMENT ON TRIGGER queue_checks_on_update ON canon.identity_unmatched IS 'Control Tower, triggers/identity_unmatched.sql [6404402fa032]';

CREATE TRIGGER queue_claims_of_accounts_on_delete AFTER DELETE ON canon.identity_links REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION canon.queue_claims_of_accounts();

COMMENT ON TRIGGER queue_claims_of_accounts_on_delete ON canon.identity_links IS 'Control Tower, triggers/identity_links.sql [08de1c2f9db6]';

CREATE TRIGGER queue_claims_of_accounts_on_insert AFTER INSERT ON canon.identity_links REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION canon.queue_claims_of_accounts();

COMMENT ON TRIGGER queue_claims_of_accounts_on_insert ON canon.identity_links IS 'Control Tower, triggers/identity_links.sql [08de1c2f9db6]';

CREATE TRIGGER queue_claims_of_accounts_on_update AFTER UPDATE ON canon.identity_links REFERENCING OLD TABLE AS before NEW TABLE AS after FOR EACH STATEMENT EXECUTE FUNCTION canon.queue_claims_of_accounts();

COMMENT ON TRIGGER queue_claims_of_accounts_on_update ON canon.identity_links IS 'Control Tower, triggers/identity_links.sql [08de1c2f9db6]';

CREATE TRIGGER queue_former_keys_on_delete AFTER DELETE ON canon.records_index FOR EACH ROW EXECUTE FUNCTION canon.queue_former_keys();

COMMENT ON TRIGGER queue_former_keys_on_delete ON canon.records_index IS 'Control Tower, triggers/records_index.sql [20e43d5c4b77]';

CREATE TRIGGER queue_former_keys_on_update AFTER UPDATE ON canon.records_index FOR EACH ROW WHEN ((((old.phone_norm IS DISTINCT FROM new.phone_norm) OR (old.license_norm IS DISTINCT FROM new.license_norm)) OR (old.name_norm IS DISTINCT FROM new.name_norm))) EXECUTE FUNCTION canon.queue_former_keys();

COMMENT ON TRIGGER queue_former_keys_on_update ON canon.records_index IS 'Control Tower, triggers/records_index.sql [20e43d5c4b77]';

CREATE TRIGGER queue_keys_of_removed_links_on_delete AFTER DELETE ON canon.identity_links REFERENCING OLD TABLE AS before FOR EACH STATEMENT EXECUTE FUNCTION canon.queue_keys_of_removed_links();

COMMENT ON TRIGGER queue_keys_of_removed_links_on_delete ON canon.identity_links IS 'Control Tower, triggers/identity_links.sql [08de1c2f9db6]';

CREATE TRIGGER queue_keys_of_removed_links_on_update AFTER UPDATE ON canon.identity_links REFERENCING OLD TABLE AS before FOR EACH STATEMENT EXECUTE FUNCTION canon.queue_keys_of_removed_links();

COMMENT ON TRIGGER queue_keys_of_removed_links_on_update ON canon.identity_links IS 'Control Tower, triggers/identity_links.sql [08de1c2f9db6]';

CREATE TRIGGER queue_payments_of_lost_accounts_on_delete AFTER DELETE ON canon.identity_links REFERENCING OLD TABLE AS before FOR EACH STATEMENT EXECUTE FUNCTION canon.queue_payments_of_lost_accounts();

COMMENT ON TRIGGER queue_payments_of_lost_accounts_on_delete ON canon.identity_links IS 'Control Tower, triggers/identity_links.sql [08de1c2f9db6]';

CREATE TRIGGER queue_payments_of_lost_accounts_on_update AFTER UPDATE ON canon.identity_links REFERENCING OLD TABLE AS before FOR EACH STATEMENT EXECUTE FUNCTION canon.queue_payments_of_lost_accounts();

COMMENT ON TRIGGER queue_payments_of_lost_accounts_on_update ON canon.identity_links IS 'Control Tower, triggers/identity_links.sql [08de1c2f9db6]';

CREATE TRIGGER queue_payments_on_delete AFTER DELETE ON canon.driver_orphan_quarantine REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION canon.queue_payments_of_quarantined_accounts();

COMMENT ON TRIGGER queue_payments_on_delete ON canon.driver_orphan_quarantine IS 'Control Tower, triggers/driver_orphan_quarantine.sql [da4286e905a2]';

CREATE TRIGGER queue_payments_on_insert AFTER INSERT ON canon.driver_orphan_quarantine REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION canon.queue_payments_of_quarantined_accounts();

COMMENT ON TRIGGER queue_payments_on_insert ON canon.driver_orphan_quarantine IS 'Control Tower, triggers/driver_orphan_quarantine.sql [da4286e905a2]';

CREATE TRIGGER queue_payments_on_update AFTER UPDATE ON canon.driver_orphan_quarantine REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION canon.queue_payments_of_quarantined_accounts();

COMMENT ON TRIGGER queue_payments_on_update ON canon.driver_orphan_quarantine IS 'Control Tower, triggers/driver_orphan_quarantine.sql [da4286e905a2]';

CREATE TRIGGER queue_unshared_keys AFTER DELETE ON canon.shared_values REFERENCING OLD TABLE AS before FOR EACH STATEMENT EXECUTE FUNCTION canon.queue_unshared_keys();

COMMENT ON TRIGGER queue_unshared_keys ON canon.shared_values IS 'Control Tower, triggers/shared_values.sql [0b1f46a0d4d4]';

CREATE TRIGGER set_unmatched_event_date BEFORE INSERT OR UPDATE ON canon.identity_unmatched FOR EACH ROW WHEN ((new.event_date IS NULL)) EXECUTE FUNCTION canon.set_unmatched_event_date();

COMMENT ON TRIGGER set_unmatched_event_date ON canon.identity_unmatched IS 'Control Tower, triggers/identity_unmatched.sql [6404402fa032]';

CREATE TRIGGER update_unmatched_event_date AFTER UPDATE ON canon.records_index FOR EACH ROW WHEN ((old.event_date IS DISTINCT FROM new.event_date)) EXECUTE FUNCTION canon.update_unmatched_event_date();

COMMENT ON TRIGGER update_unmatched_event_date ON canon.records_index IS 'Control Tower, triggers/records_index.sql [20e43d5c4b77]';

CREATE TRIGGER maintain_ledger_summaries_on_delete AFTER DELETE ON observational.lead_ledger REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION canon.maintain_ledger_summaries();

ALTER TABLE observational.lead_ledger ENABLE ALWAYS TRIGGER maintain_ledger_summaries_on_delete;

COMMENT ON TRIGGER maintain_ledger_summaries_on_delete ON observational.lead_ledger IS 'Control Tower, triggers/lead_ledger.sql [2e9db5e79b5a]';

CREATE TRIGGER maintain_ledger_summaries_on_insert AFTER INSERT ON observational.lead_ledger REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION canon.maintain_ledger_summaries();

ALTER TABLE observational.lead_ledger ENABLE ALWAYS TRIGGER maintain_ledger_summaries_on_insert;

COMMENT ON TRIGGER maintain_ledger_summaries_on_insert ON observational.lead_ledger IS 'Control Tower, triggers/lead_ledger.sql [2e9db5e79b5a]';

CREATE TRIGGER maintain_ledger_summaries_on_update AFTER UPDATE ON observational.lead_ledger REFERENCING OLD TABLE AS before NEW TABLE AS after FOR EACH STATEMENT EXECUTE FUNCTION canon.maintain_ledger_summaries();

ALTER TABLE observational.lead_ledger ENABLE ALWAYS TRIGGER maintain_ledger_summaries_on_update;

COMMENT ON TRIGGER maintain_ledger_summaries_on_update ON observational.lead_ledger IS 'Control Tower, triggers/lead_ledger.sql [2e9db5e79b5a]';

CREATE TRIGGER queue_attribution_on_delete AFTER DELETE ON observational.lead_events REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION canon.queue_attribution();

COMMENT ON TRIGGER queue_attribution_on_delete ON observational.lead_events IS 'Control Tower, triggers/lead_events.sql [c91a2331b3dc]';

CREATE TRIGGER queue_attribution_on_insert AFTER INSERT ON observational.lead_events REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION canon.queue_attribution();

COMMENT ON TRIGGER queue_attribution_on_insert ON observational.lead_events IS 'Control Tower, triggers/lead_events.sql [c91a2331b3dc]';

CREATE TRIGGER queue_attribution_on_update AFTER UPDATE ON observational.lead_events REFERENCING OLD TABLE AS before NEW TABLE AS after FOR EACH STATEMENT EXECUTE FUNCTION canon.queue_attribution();

COMMENT ON TRIGGER queue_attribution_on_update ON observational.lead_events IS 'Control Tower, triggers/lead_events.sql [c91a2331b3dc]';

CREATE TRIGGER queue_checks_on_delete AFTER DELETE ON observational.lead_events REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION canon.queue_checks_of_lead_events();

COMMENT ON TRIGGER queue_checks_on_delete ON observational.lead_events IS 'Control Tower, triggers/lead_events.sql [c91a2331b3dc]';

CREATE TRIGGER queue_checks_on_delete AFTER DELETE ON observational.lead_ledger REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION canon.queue_checks_of_lead_ledger();

COMMENT ON TRIGGER queue_checks_on_delete ON observational.lead_ledger IS 'Control Tower, triggers/lead_ledger.sql [2e9db5e79b5a]';

CREATE TRIGGER queue_checks_on_insert AFTER INSERT ON observational.lead_events REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION canon.queue_checks_of_lead_events();

COMMENT ON TRIGGER queue_checks_on_insert ON observational.lead_events IS 'Control Tower, triggers/lead_events.sql [c91a2331b3dc]';

CREATE TRIGGER queue_checks_on_insert AFTER INSERT ON observational.lead_ledger REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION canon.queue_checks_of_lead_ledger();

COMMENT ON TRIGGER queue_checks_on_insert ON observational.lead_ledger IS 'Control Tower, triggers/lead_ledger.sql [2e9db5e79b5a]';

CREATE TRIGGER queue_checks_on_update AFTER UPDATE ON observational.lead_events REFERENCING OLD TABLE AS before NEW TABLE AS after FOR EACH STATEMENT EXECUTE FUNCTION canon.queue_checks_of_lead_events();

COMMENT ON TRIGGER queue_checks_on_update ON observational.lead_events IS 'Control Tower, triggers/lead_events.sql [c91a2331b3dc]';

CREATE TRIGGER queue_checks_on_update AFTER UPDATE ON observational.lead_ledger REFERENCING OLD TABLE AS before NEW TABLE AS after FOR EACH STATEMENT EXECUTE FUNCTION canon.queue_checks_of_lead_ledger();

COMMENT ON TRIGGER queue_checks_on_update ON observational.lead_ledger IS 'Control Tower, triggers/lead_ledger.sql [2e9db5e79b5a]';

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON ops.audit_chain FOR EACH STATEMENT EXECUTE FUNCTION ops.refuse_change();

ALTER TABLE ops.audit_chain ENABLE ALWAYS TRIGGER append_only;

COMMENT ON TRIGGER append_only ON ops.audit_chain IS 'Control Tower, triggers/audit_chain.sql [1616e1924ab3]';

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON ops.audit_verifications FOR EACH STATEMENT EXECUTE FUNCTION ops.refuse_change();

ALTER TABLE ops.audit_verifications ENABLE ALWAYS TRIGGER append_only;

COMMENT ON TRIGGER append_only ON ops.audit_verifications IS 'Control Tower, triggers/audit_verifications.sql [74cc63b0ea65]';

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON ops.claim_changes FOR EACH STATEMENT EXECUTE FUNCTION ops.refuse_change();

ALTER TABLE ops.claim_changes ENABLE ALWAYS TRIGGER append_only;

COMMENT ON TRIGGER append_only ON ops.claim_changes IS 'Control Tower, triggers/claim_changes.sql [d3c2a7dd9245]';

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON ops.human_decisions FOR EACH STATEMENT EXECUTE FUNCTION ops.refuse_change();

ALTER TABLE ops.human_decisions ENABLE ALWAYS TRIGGER append_only;

COMMENT ON TRIGGER append_only ON ops.human_decisions IS 'Control Tower, triggers/human_decisions.sql [fef2d6e72c88]';

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON ops.identity_links_backfill_audit FOR EACH STATEMENT EXECUTE FUNCTION ops.refuse_change();

ALTER TABLE ops.identity_links_backfill_audit ENABLE ALWAYS TRIGGER append_only;

COMMENT ON TRIGGER append_only ON ops.identity_links_backfill_audit IS 'Control Tower, triggers/identity_links_backfill_audit.sql [9458de5694e6]';

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON ops.job_runs_audit FOR EACH STATEMENT EXECUTE FUNCTION ops.refuse_change();

ALTER TABLE ops.job_runs_audit ENABLE ALWAYS TRIGGER append_only;

COMMENT ON TRIGGER append_only ON ops.job_runs_audit IS 'Control Tower, triggers/job_runs_audit.sql [caddf0747f14]';

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON ops.lead_events_scout_backfill_audit FOR EACH STATEMENT EXECUTE FUNCTION ops.refuse_change();

ALTER TABLE ops.lead_events_scout_backfill_audit ENABLE ALWAYS TRIGGER append_only;

COMMENT ON TRIGGER append_only ON ops.lead_events_scout_backfill_audit IS 'Control Tower, triggers/lead_events_scout_backfill_audit.sql [c45c8afd179d]';

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON ops.lead_ledger_scout_backfill_audit FOR EACH STATEMENT EXECUTE FUNCTION ops.refuse_change();

ALTER TABLE ops.lead_ledger_scout_backfill_audit ENABLE ALWAYS TRIGGER append_only;

COMMENT ON TRIGGER append_only ON ops.lead_ledger_scout_backfill_audit IS 'Control Tower, triggers/lead_ledger_scout_backfill_audit.sql [be105acb7c20]';

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON ops.liquidation_periods FOR EACH STATEMENT EXECUTE FUNCTION ops.refuse_change();

ALTER TABLE ops.liquidation_periods ENABLE ALWAYS TRIGGER append_only;

COMMENT ON TRIGGER append_only ON ops.liquidation_periods IS 'Control Tower, triggers/liquidation_periods.sql [2f9e906b804e]';

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON ops.personal_data_access FOR EACH STATEMENT EXECUTE FUNCTION ops.refuse_change();

ALTER TABLE ops.personal_data_access ENABLE ALWAYS TRIGGER append_only;

COMMENT ON TRIGGER append_only ON ops.personal_data_access IS 'Control Tower, triggers/personal_data_access.sql [6d58e0fd2127]';

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON ops.scout_statement_lines FOR EACH STATEMENT EXECUTE FUNCTION ops.refuse_change();

ALTER TABLE ops.scout_statement_lines ENABLE ALWAYS TRIGGER append_only;

COMMENT ON TRIGGER append_only ON ops.scout_statement_lines IS 'Control Tower, triggers/scout_statement_lines.sql [2c4b5bf399c7]';

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON ops.scout_statement_payments FOR EACH STATEMENT EXECUTE FUNCTION ops.refuse_change();

ALTER TABLE ops.scout_statement_payments ENABLE ALWAYS TRIGGER append_only;

COMMENT ON TRIGGER append_only ON ops.scout_statement_payments IS 'Control Tower, triggers/scout_statement_payments.sql [f8d98a862c48]';

CREATE TRIGGER append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON ops.scout_statements FOR EACH STATEMENT EXECUTE FUNCTION ops.refuse_change();

ALTER TABLE ops.scout_statements ENABLE ALWAYS TRIGGER append_only;

COMMENT ON TRIGGER append_only ON ops.scout_statements IS 'Control Tower, triggers/scout_statements.sql [eaf3c813ee54]';

CREATE TRIGGER audit_run_state_on_insert AFTER INSERT ON ops.ingestion_runs FOR EACH ROW EXECUTE FUNCTION ops.audit_run_state();

ALTER TABLE ops.ingestion_runs ENABLE ALWAYS TRIGGER audit_run_state_on_insert;

COMMENT ON TRIGGER audit_run_state_on_insert ON ops.ingestion_runs IS 'Control Tower, triggers/ingestion_runs.sql [4dff24ef4889]';

CREATE TRIGGER audit_run_state_on_update AFTER UPDATE OF status ON ops.ingestion_runs FOR EACH ROW WHEN ((old.status IS DISTINCT FROM new.status)) EXECUTE FUNCTION ops.audit_run_state();

ALTER TABLE ops.ingestion_runs ENABLE ALWAYS TRIGGER audit_run_state_on_update;

COMMENT ON TRIGGER audit_run_state_on_update ON ops.ingestion_runs IS 'Control Tower, triggers/ingestion_runs.sql [4dff24ef4889]';

CREATE TRIGGER protect_runs_with_links BEFORE DELETE OR UPDATE OF id ON ops.ingestion_runs FOR EACH ROW EXECUTE FUNCTION ops.protect_runs_with_links();

COMMENT ON TRIGGER protect_runs_with_links ON ops.ingestion_runs IS 'Control Tower, triggers/ingestion_runs.sql [4dff24ef4889]';

ALTER TABLE ONLY canon.claims_yango_cabinet_14d
    ADD CONSTRAINT claims_yango_cabinet_14d_person_key_fkey FOREIGN KEY (person_key) REFERENCES canon.identity_registry(person_key);

ALTER TABLE ONLY canon.driver_orphan_quarantine
    ADD CONSTRAINT driver_orphan_quarantine_person_key_fkey FOREIGN KEY (person_key) REFERENCES canon.identity_registry(person_key) ON DELETE SET NULL;

ALTER TABLE ONLY canon.identity_aliases
    ADD CONSTRAINT identity_aliases_run_id_fkey FOREIGN KEY (run_id) REFERENCES ops.ingestion_runs(id);

ALTER TABLE ONLY canon.identity_aliases
    ADD CONSTRAINT identity_aliases_survivor_key_fkey FOREIGN KEY (survivor_key) REFERENCES canon.identity_registry(person_key);

ALTER TABLE ONLY canon.identity_contested
    ADD CONSTRAINT identity_contested_run_id_fkey FOREIGN KEY (run_id) REFERENCES ops.ingestion_runs(id);

ALTER TABLE ONLY canon.identity_links
    ADD CONSTRAINT identity_links_person_key_fkey FOREIGN KEY (person_key) REFERENCES canon.identity_registry(person_key);

ALTER TABLE ONLY canon.identity_origin_history
    ADD CONSTRAINT identity_origin_history_person_key_fkey FOREIGN KEY (person_key) REFERENCES canon.identity_registry(person_key) ON DELETE CASCADE;

ALTER TABLE ONLY canon.identity_origin
    ADD CONSTRAINT identity_origin_person_key_fkey FOREIGN KEY (person_key) REFERENCES canon.identity_registry(person_key) ON DELETE CASCADE;

ALTER TABLE ONLY canon.shared_values
    ADD CONSTRAINT shared_values_run_id_fkey FOREIGN KEY (run_id) REFERENCES ops.ingestion_runs(id);

ALTER TABLE ONLY observational.lead_events
    ADD CONSTRAINT lead_events_person_key_fkey FOREIGN KEY (person_key) REFERENCES canon.identity_registry(person_key);

ALTER TABLE ONLY observational.lead_ledger
    ADD CONSTRAINT lead_ledger_person_key_fkey FOREIGN KEY (person_key) REFERENCES canon.identity_registry(person_key);

ALTER TABLE ONLY observational.scouting_match_candidates
    ADD CONSTRAINT scouting_match_candidates_person_key_candidate_fkey FOREIGN KEY (person_key_candidate) REFERENCES canon.identity_registry(person_key);

ALTER TABLE ONLY observational.scouting_match_candidates
    ADD CONSTRAINT scouting_match_candidates_run_id_fkey FOREIGN KEY (run_id) REFERENCES ops.ingestion_runs(id);

ALTER TABLE ONLY ops.alert_deliveries
    ADD CONSTRAINT alert_deliveries_episode_id_fkey FOREIGN KEY (episode_id) REFERENCES ops.alert_episodes(id) ON DELETE CASCADE;

ALTER TABLE ONLY ops.alert_mutes
    ADD CONSTRAINT alert_mutes_episode_id_fkey FOREIGN KEY (episode_id) REFERENCES ops.alert_episodes(id) ON DELETE CASCADE;

ALTER TABLE ONLY ops.alerts
    ADD CONSTRAINT alerts_run_id_fkey FOREIGN KEY (run_id) REFERENCES ops.ingestion_runs(id);

ALTER TABLE ONLY ops.audit_verifications
    ADD CONSTRAINT audit_verifications_run_id_fkey FOREIGN KEY (run_id) REFERENCES ops.ingestion_runs(id);

ALTER TABLE ONLY ops.check_results
    ADD CONSTRAINT check_results_run_id_fkey FOREIGN KEY (run_id) REFERENCES ops.ingestion_runs(id);

ALTER TABLE ONLY ops.identity_matching_jobs
    ADD CONSTRAINT identity_matching_jobs_matched_person_key_fkey FOREIGN KEY (matched_person_key) REFERENCES canon.identity_registry(person_key) ON DELETE SET NULL;

ALTER TABLE ONLY ops.materialised_view_refreshes
    ADD CONSTRAINT materialised_view_refreshes_run_id_fkey FOREIGN KEY (run_id) REFERENCES ops.ingestion_runs(id);

ALTER TABLE ONLY ops.run_steps
    ADD CONSTRAINT run_steps_run_id_fkey FOREIGN KEY (run_id) REFERENCES ops.ingestion_runs(id);

ALTER TABLE ONLY ops.scout_attribution_daily
    ADD CONSTRAINT scout_attribution_daily_run_id_fkey FOREIGN KEY (run_id) REFERENCES ops.ingestion_runs(id);

ALTER TABLE ONLY ops.scout_statement_lines
    ADD CONSTRAINT scout_statement_lines_corrects_line_id_fkey FOREIGN KEY (corrects_line_id) REFERENCES ops.scout_statement_lines(id);

ALTER TABLE ONLY ops.scout_statement_lines
    ADD CONSTRAINT scout_statement_lines_statement_id_fkey FOREIGN KEY (statement_id) REFERENCES ops.scout_statements(id);

ALTER TABLE ONLY ops.scout_statement_payments
    ADD CONSTRAINT scout_statement_payments_statement_id_fkey FOREIGN KEY (statement_id) REFERENCES ops.scout_statements(id);

ALTER TABLE ONLY ops.scout_statements
    ADD CONSTRAINT scout_statements_period_id_fkey FOREIGN KEY (period_id) REFERENCES ops.liquidation_periods(id);
