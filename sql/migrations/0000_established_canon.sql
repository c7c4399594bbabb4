-- Everything that an established Control Tower database has in canon, with all enums and ops.ingestion_runs;
-- 0001 does the same for observational and ops. Source tables are in sql/sources.
-- On an empty database this creates everything. On an established or half-done one it changes nothing that
-- exists and adds what lacks: a table, a column, a key, an index, an enum label. Existing rows are never
-- touched; what they contradict is added without being enforced on them, with a warning.
-- Each call looks in the catalogue first and takes no lock where nothing is missing.
-- Indexes that only repeat the index of a primary key or unique constraint are not listed.

do $$
begin
    if to_regnamespace('canon') is null then
        create schema canon;
    end if;
    if to_regnamespace('observational') is null then
        create schema observational;
    end if;
end
$$;

-- The five functions live until the end of 0001.

create function ops.ensure_enum(type_name text, labels text[]) returns void language plpgsql as $$
declare
    label text;
begin
    if to_regtype('public.' || type_name) is null then
        execute format(
            'create type public.%I as enum (%s)',
            type_name,
            (select string_agg(quote_literal(l), ', ' order by n)
             from unnest(labels) with ordinality as u (l, n))
        );
        return;
    end if;
    foreach label in array labels loop
        if not exists (
            select from pg_enum where enumtypid = to_regtype('public.' || type_name) and enumlabel = label
        ) then
            execute format('alter type public.%I add value %L', type_name, label);
        end if;
    end loop;
end
$$;

-- True when the table was created. `body` is what stands between the parentheses of `create table`.
create function ops.ensure_table(table_name text, body text) returns boolean language plpgsql as $$
declare
    serial_column text := substring(body from '(\w+) (?:integer|bigint) not null default nextval');
    serial_type text := substring(body from '(integer|bigint) not null default nextval');
    serial_sequence text := substring(body from 'nextval\(''([^'']+)''\)');
    missing record;
begin
    if to_regclass(table_name) is null then
        if serial_sequence is not null then
            execute format('create sequence if not exists %s as %s', serial_sequence, serial_type);
        end if;
        execute format('create table %s (%s)', table_name, body);
        if serial_sequence is not null then
            execute format('alter sequence %s owned by %s.%I', serial_sequence, table_name, serial_column);
        end if;
        return true;
    end if;

    -- What the table should be, as the server itself reads it.
    execute format('create table ops.blueprint (%s)', regexp_replace(body, ' default nextval\([^)]*\)', ''));
    for missing in
        select
            wanted.attname as column_name,
            wanted.attnotnull as is_required,
            format_type(wanted.atttypid, wanted.atttypmod) as data_type,
            pg_get_expr(d.adbin, d.adrelid) as default_value
        from pg_attribute as wanted
        left join pg_attrdef as d on d.adrelid = wanted.attrelid and d.adnum = wanted.attnum
        where wanted.attrelid = to_regclass('ops.blueprint') and wanted.attnum > 0
          and not exists (
              select from pg_attribute as existing
              where existing.attrelid = to_regclass(table_name) and existing.attname = wanted.attname
                and existing.attnum > 0 and not existing.attisdropped
          )
        order by wanted.attnum
    loop
        if missing.column_name = serial_column then
            execute format('create sequence if not exists %s as %s', serial_sequence, serial_type);
            missing.default_value := format('nextval(%L)', serial_sequence);
        end if;
        execute format('alter table %s add column %I %s', table_name, missing.column_name, missing.data_type)
            || coalesce(' default ' || missing.default_value, '');
        if missing.is_required then
            begin
                execute format(
                    'alter table %s alter column %I set not null', table_name, missing.column_name
                );
            exception when not_null_violation then
                raise warning '%.% was added, NULL in existing rows', table_name, missing.column_name;
            end;
        end if;
    end loop;

    -- A constraint of the same kind on the same columns is as good, whatever its name; so is a unique index.
    for missing in
        select wanted.contype, pg_get_constraintdef(wanted.oid) as definition
        from pg_constraint as wanted
        cross join lateral (
            select array_agg(a.attname::text order by a.attname) as names
            from pg_attribute as a
            where a.attrelid = wanted.conrelid and a.attnum = any (wanted.conkey)
        ) as wanted_columns
        where wanted.conrelid = to_regclass('ops.blueprint') and wanted.contype in ('p', 'u', 'c')
          and not exists (
              select from pg_constraint as existing
              where existing.conrelid = to_regclass(table_name) and existing.contype = wanted.contype
                and wanted_columns.names = (
                    select array_agg(a.attname::text order by a.attname) from pg_attribute as a
                    where a.attrelid = existing.conrelid and a.attnum = any (existing.conkey)
                )
          )
          and not exists (
              select from pg_index as existing
              where existing.indrelid = to_regclass(table_name) and wanted.contype in ('p', 'u')
                and existing.indisunique and existing.indpred is null and existing.indexprs is null
                and wanted_columns.names = (
                    select array_agg(a.attname::text order by a.attname) from pg_attribute as a
                    where a.attrelid = existing.indrelid and a.attnum = any (existing.indkey)
                )
          )
    loop
        if missing.contype = 'c' then
            perform ops.add_unenforced(table_name, missing.definition);
        else
            execute format('alter table %s add %s', table_name, missing.definition);
        end if;
    end loop;
    drop table ops.blueprint;
    return false;
end
$$;

-- Adds a check or foreign key; existing rows that contradict it stay, and a warning says so.
create function ops.add_unenforced(table_name text, definition text) returns void language plpgsql as $$
begin
    begin
        execute format('alter table %s add %s', table_name, definition);
    exception when check_violation or foreign_key_violation then
        execute format('alter table %s add %s not valid', table_name, definition);
        raise warning '%: existing rows contradict "%"; only new rows must obey', table_name, definition;
    end;
end
$$;

create function ops.ensure_foreign_key(table_name text, column_name text, target text) returns void
language plpgsql as $$
begin
    if not exists (
        select from pg_constraint as c
        join pg_attribute as a on a.attrelid = c.conrelid and a.attnum = c.conkey[1]
        where c.contype = 'f' and c.conrelid = to_regclass(table_name)
          and cardinality(c.conkey) = 1 and a.attname = column_name
          and c.confrelid = to_regclass(split_part(target, ' ', 1))
    ) then
        perform ops.add_unenforced(table_name, format('foreign key (%I) references %s', column_name, target));
    end if;
end
$$;

-- `definition` as pg_get_indexdef prints it after USING, so that an index under any name is recognised.
create function ops.ensure_index(table_name text, definition text, is_unique boolean default false)
returns void language plpgsql as $$
begin
    if not exists (
        select from pg_index as i
        where i.indrelid = to_regclass(table_name) and (i.indisunique or not is_unique)
          and substring(pg_get_indexdef(i.indexrelid) from ' USING (.*)$') = definition
    ) then
        execute format(
            'create %s index on %s using %s',
            case when is_unique then 'unique' else '' end, table_name, definition
        );
    end if;
end
$$;

-- Most established databases lack the last label of jobtype. It is not used before this is committed.

select ops.ensure_enum('alert_impact_enum', '{export, collection, reporting, none}');
select ops.ensure_enum('alert_severity_enum', '{low, medium, high}');
select ops.ensure_enum(
    'alert_type_enum', '{missing_origin, multiple_origins, legacy_unclassified, orphan_lead}'
);
select ops.ensure_enum('alertseverity', '{info, warning, error}');
select ops.ensure_enum('attributionconfidence', '{high, medium, low}');
select ops.ensure_enum('claimstatus', '{expected, generated, paid, rejected, expired}');
select ops.ensure_enum('confidence_level_obs_enum', '{low, medium, high}');
select ops.ensure_enum('confidencelevel', '{HIGH, MEDIUM, LOW}');
select ops.ensure_enum('decided_by_type', '{system, manual}');
select ops.ensure_enum('decisionstatus', '{assigned, unassigned, conflict}');
select ops.ensure_enum('jobtype', '{identity_run, drivers_index_refresh, scout_attribution_refresh}');
select ops.ensure_enum('matched_source_enum', '{drivers, cabinet, none}');
select ops.ensure_enum(
    'origin_resolution_status',
    '{pending_review, resolved_auto, resolved_manual, marked_legacy, discarded}'
);
select ops.ensure_enum('origin_tag', '{cabinet_lead, scout_registration, migration, legacy_external}');
select ops.ensure_enum(
    'orphan_detected_reason',
    '{no_lead_no_events, no_lead_has_events_repair_failed, legacy_driver_without_origin, manual_detection}'
);
select ops.ensure_enum('orphan_status', '{quarantined, resolved_relinked, resolved_created_lead, purged}');
select ops.ensure_enum('recommended_action_type', '{auto_link, manual_review, mark_legacy, discard}');
select ops.ensure_enum('runstatus', '{RUNNING, COMPLETED, FAILED}');
select ops.ensure_enum('unmatchedstatus', '{OPEN, RESOLVED, IGNORED}');
select ops.ensure_enum(
    'violation_reason_type',
    '{missing_origin, multiple_origins, late_origin_link, orphan_lead, legacy_driver_unclassified}'
);

select ops.ensure_table('ops.ingestion_runs', $$
    id integer not null default nextval('ops.ingestion_runs_id_seq'),
    started_at timestamptz not null default now(),
    completed_at timestamptz,
    status runstatus not null default 'RUNNING',
    stats json,
    error_message varchar,
    job_type jobtype default 'identity_run',
    scope_date_from date,
    scope_date_to date,
    incremental boolean default true,
    primary key (id)
$$);
select ops.ensure_index('ops.ingestion_runs', 'btree (job_type, started_at DESC)');

select ops.ensure_table('canon.identity_registry', $$
    person_key uuid not null,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    confidence_level confidencelevel not null,
    primary_phone varchar,
    primary_document varchar,
    primary_license varchar,
    primary_full_name varchar,
    flags jsonb,
    primary key (person_key)
$$);

select ops.ensure_table('canon.identity_links', $$
    id integer not null default nextval('canon.identity_links_id_seq'),
    person_key uuid not null,
    source_table varchar not null,
    source_pk varchar not null,
    snapshot_date timestamptz not null,
    match_rule varchar not null,
    match_score integer not null,
    confidence_level confidencelevel not null,
    evidence jsonb,
    linked_at timestamptz not null default now(),
    run_id integer,
    primary key (id),
    unique (source_table, source_pk)
$$);
select ops.ensure_index('canon.identity_links', 'btree (run_id)');
select ops.ensure_foreign_key('canon.identity_links', 'run_id', 'ops.ingestion_runs (id)');
select ops.ensure_foreign_key('canon.identity_links', 'person_key', 'canon.identity_registry (person_key)');

select ops.ensure_table('canon.identity_unmatched', $$
    id integer not null default nextval('canon.identity_unmatched_id_seq'),
    source_table varchar not null,
    source_pk varchar not null,
    snapshot_date timestamptz not null,
    reason_code varchar not null,
    details jsonb,
    candidates_preview jsonb,
    status unmatchedstatus not null default 'OPEN',
    created_at timestamptz not null default now(),
    resolved_at timestamptz,
    run_id integer,
    primary key (id),
    unique (source_table, source_pk)
$$);
select ops.ensure_index('canon.identity_unmatched', 'btree (run_id)');
select ops.ensure_foreign_key('canon.identity_unmatched', 'run_id', 'ops.ingestion_runs (id)');

select ops.ensure_table('canon.drivers_index', $$
    driver_id varchar not null,
    park_id varchar,
    phone_norm varchar,
    license_norm varchar,
    plate_norm varchar,
    full_name_norm varchar,
    hire_date date,
    snapshot_date date not null,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    brand_norm varchar,
    model_norm varchar,
    primary key (driver_id)
$$);
-- Established databases also have indexes that begin with park_id; nothing here reads by park, and each costs writes.
select ops.ensure_index('canon.drivers_index', 'btree (phone_norm)');
select ops.ensure_index('canon.drivers_index', 'btree (license_norm)');

select ops.ensure_table('canon.identity_origin', $$
    person_key uuid not null,
    origin_tag origin_tag not null,
    origin_source_id varchar not null,
    origin_confidence numeric(5, 2) not null,
    origin_created_at timestamptz not null,
    ruleset_version varchar not null default 'origin_rules_v1',
    evidence jsonb,
    decided_by decided_by_type not null default 'system',
    decided_at timestamptz not null default now(),
    resolution_status origin_resolution_status not null default 'pending_review',
    notes text,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    primary key (person_key)
$$);
select ops.ensure_index('canon.identity_origin', 'btree (origin_tag)');
select ops.ensure_index('canon.identity_origin', 'btree (resolution_status)');
select ops.ensure_index('canon.identity_origin', 'btree (origin_source_id)');
select ops.ensure_index('canon.identity_origin', 'btree (ruleset_version)');
select ops.ensure_foreign_key(
    'canon.identity_origin', 'person_key', 'canon.identity_registry (person_key) on delete cascade'
);

select ops.ensure_table('canon.identity_origin_history', $$
    id integer not null default nextval('canon.identity_origin_history_id_seq'),
    person_key uuid not null,
    origin_tag_old varchar,
    origin_tag_new varchar,
    origin_source_id_old varchar,
    origin_source_id_new varchar,
    origin_confidence_old numeric(5, 2),
    origin_confidence_new numeric(5, 2),
    resolution_status_old varchar,
    resolution_status_new varchar,
    ruleset_version_old varchar,
    ruleset_version_new varchar,
    changed_by varchar not null,
    change_reason text,
    changed_at timestamptz not null default now(),
    primary key (id)
$$);
select ops.ensure_index('canon.identity_origin_history', 'btree (person_key)');
select ops.ensure_index('canon.identity_origin_history', 'btree (changed_at)');
select ops.ensure_foreign_key(
    'canon.identity_origin_history', 'person_key', 'canon.identity_registry (person_key) on delete cascade'
);

select ops.ensure_table('canon.driver_orphan_quarantine', $$
    driver_id varchar not null,
    person_key uuid,
    detected_at timestamptz not null default now(),
    detected_reason orphan_detected_reason not null,
    creation_rule varchar,
    evidence_json jsonb,
    status orphan_status not null default 'quarantined',
    resolved_at timestamptz,
    resolution_notes text,
    primary key (driver_id)
$$);
select ops.ensure_index('canon.driver_orphan_quarantine', 'btree (status)');
select ops.ensure_index('canon.driver_orphan_quarantine', 'btree (detected_reason)');
select ops.ensure_index('canon.driver_orphan_quarantine', 'btree (person_key)');
select ops.ensure_index('canon.driver_orphan_quarantine', 'btree (detected_at)');
select ops.ensure_foreign_key(
    'canon.driver_orphan_quarantine', 'person_key', 'canon.identity_registry (person_key) on delete set null'
);

select ops.ensure_table('canon.claims_yango_cabinet_14d', $$
    claim_id integer not null default nextval('canon.claims_yango_cabinet_14d_claim_id_seq'),
    person_key uuid,
    driver_id varchar,
    lead_source_pk varchar not null,
    lead_date date not null,
    milestone integer not null,
    amount_expected numeric(12, 2) not null,
    status claimstatus not null default 'expected',
    expected_at timestamptz,
    generated_at timestamptz,
    paid_at timestamptz,
    reason varchar,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    primary key (claim_id)
$$);
select ops.ensure_index(
    'canon.claims_yango_cabinet_14d', 'btree (person_key, lead_date, milestone)', is_unique => true
);
select ops.ensure_index('canon.claims_yango_cabinet_14d', 'btree (driver_id, milestone)');
select ops.ensure_index('canon.claims_yango_cabinet_14d', 'btree (lead_source_pk, milestone)');
select ops.ensure_index('canon.claims_yango_cabinet_14d', 'btree (status)');
select ops.ensure_index('canon.claims_yango_cabinet_14d', 'btree (lead_date)');
select ops.ensure_foreign_key(
    'canon.claims_yango_cabinet_14d', 'person_key', 'canon.identity_registry (person_key)'
);
