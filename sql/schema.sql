-- The schema of a migrated empty database, for reading and for diffs; nothing runs this file.
-- Written by: UPDATE_SCHEMA=1 python -m pytest tests/migrate/test_schema_file.py

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

CREATE FUNCTION canon.name_word_triples(name text) RETURNS SETOF text
    LANGUAGE plpgsql IMMUTABLE ROWS 2 PARALLEL SAFE
    AS $$
declare
    words text [] := array(
        select distinct word from unnest(string_to_array(name, ' ')) as word order by word
    );
begin
    -- names of three and four words, which nearly all are, without a loop
    case cardinality(words)
        when 3 then
            return next words[1] || ' ' || words[2] || ' ' || words[3];
        when 4 then
            return next words[1] || ' ' || words[2] || ' ' || words[3];
            return next words[1] || ' ' || words[2] || ' ' || words[4];
            return next words[1] || ' ' || words[3] || ' ' || words[4];
            return next words[2] || ' ' || words[3] || ' ' || words[4];
        else
            return query
            select words[i] || ' ' || words[j] || ' ' || words[k]
            from generate_series(1, cardinality(words)) as i
            cross join generate_series(i + 1, cardinality(words)) as j
            cross join generate_series(j + 1, cardinality(words)) as k;
    end case;
end
$$;

CREATE FUNCTION canon.normalise_license(raw text) RETURNS text
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
    AS $$
declare
    compact text := upper(left(raw, 200) collate "C");
    digits text;
begin
    if compact ~ '[^0-9A-Z]' then
        if octet_length(compact) <> length(compact) then
            compact := upper(normalize(compact, NFKC) collate "C");
        end if;
        compact := translate(compact, translate(compact, '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ', ''), '');
    end if;
    if length(compact) not between 6 and 15
        or compact !~ '[0-9]'
        or compact ~ '^(TEST|TEMP|PRUEBA|SINLIC|PEND|NOTIENE)|DRAFT'
    then
        return null;
    end if;
    digits := translate(compact, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', '');
    if length(digits) >= 4 and replace(digits, left(digits, 1), '') = '' then
        return null;
    end if;
    -- seven equal digits leave no room in the tail: cheap for the honest licence, exact for the rest
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
$$;

CREATE FUNCTION canon.normalise_name(raw text) RETURNS text
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
    AS $_$
declare
    name text := upper(left(raw, 1000) collate "C");
begin
    if name ~ '[^A-Z ]' then
        if octet_length(name) <> length(name) then
            name := left(raw, 1000);
            if strpos(name, 'Ã') > 0 then
                -- UTF-8 read as Latin-1 or Windows-1252, a common accident of spreadsheets
                name := regexp_replace(name, 'Ã[¡\u0081]', 'a', 'g');
                name := regexp_replace(name, 'Ã[©‰\u0089]', 'e', 'g');
                name := regexp_replace(name, 'Ã[\u00AD\u008D]', 'i', 'g');
                name := regexp_replace(name, 'Ã[³“\u0093]', 'o', 'g');
                name := regexp_replace(name, 'Ã[º¼šœ\u009A\u009C]', 'u', 'g');
                name := regexp_replace(name, 'Ã[±‘\u0091]', 'n', 'g');
                name := replace(name, 'Â', '');
            end if;
            -- letter and accent come apart; acute accent and tilde, nearly all there is, go without a pattern
            name := replace(replace(normalize(name, NFKD), U&'\0301', ''), U&'\0303', '');
            if octet_length(name) <> length(name) then
                name := regexp_replace(
                    name, '[´’ʼ\u0300-\u036F\u200B-\u200F\u2060\uFE0F\uFEFF\uFFFD]+', '', 'g'
                );
                name := translate(name, 'øØđĐłŁıæÆœŒðÐþÞß', 'oOdDlLiaAoOdDtTs');
            end if;
            name := upper(name collate "C");
        end if;
        if name ~ '[^A-Z ]' then
            name := translate(name, '0123456789?''`', '');
            name := translate(
                name, translate(name, ' ABCDEFGHIJKLMNOPQRSTUVWXYZ', ''), repeat(' ', length(name))
            );
        end if;
    end if;

    -- one look finds all that is to be taken out or refused; most names pass it
    if name ~ (
        '(^| )(D[AEIO]|DAS|DOS|DEL[A-Z]*|LAS?|LOS|EL|E|Y|VAN|VON|DER|DEN|SR|SRA|SRTA|JR'
        '|TEST|PRUEBA|DRAFT|)( |$)'
    ) then
        if name ~ '(^| )DEL[A-Z]' then
            name := regexp_replace(
                name,
                '\m(DELOS(?=[A-Z]{4})|DELAS(?=[B-DF-HJ-NP-TV-Z][A-Z]{3})'
                '|DELA(?!GUILA\M)(?=[A-Z]{4}|HOZ\M|PAZ\M)'
                '|DEL(?=(CARPIO|CASTILLO|AGUILA|VALLE|PINO|RIO|POZO|SOLAR|CAMPO|BUSTO|MAESTRO|PORTAL)\M))+',
                '', 'g'
            );
        end if;
        -- each word gets a space of its own on either side, so that neighbours go, too; cheaper than a pattern
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
        if name ~ ' (TEST|PRUEBA|DRAFT) ' then
            return null;
        end if;
        name := btrim(replace(replace(replace(name, ' ', '<>'), '><', ''), '<>', ' '));
    end if;

    if length(name) > 30 and (length(name) > 34 or split_part(name, ' ', 3) = '') and name ~ '[A-Z]{31}' then
        name := regexp_replace(name, '([A-Z]{30})[A-Z]+', '\1', 'g');
    end if;
    if length(name) > 20 and split_part(name, ' ', 11) <> '' then
        name := array_to_string((string_to_array(name, ' '))[1:10], ' ');
    end if;

    if replace(replace(name, left(name, 1), ''), ' ', '') = ''
        or name !~ '[A-Z]{2}'
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
    mobile text;
    valid text;
    width integer;
    cleaned text;
    piece text;
    groups text[];
    joined text;
    number text;
begin
    if country = 'PE' then
        mobile := '^0*(?:51)?0*(?:51)?9[0-9]{8}$';
        valid := '^0*(?:51)?0*(?:51)?(9[0-9]{8}|(?:1[2-7]|4[1-4]|5[1-46]|6[1-7]|7[2-46]|8[2-4])[0-9]{6})$';
        width := 9;
    elsif country = 'CO' then
        mobile := '^0*(?:57)?0*(?:57)?3[0-9]{9}$';
        valid := '^0*(?:57)?0*(?:57)?(3[0-9]{9}|60[1245678][0-9]{7})$';
        width := 10;
    end if;
    if raw is null or valid is null then
        return null;
    end if;

    -- one mobile in the usual notation, with or without country code: no need to look for more
    cleaned := raw;
    if length(raw) <> width then
        cleaned := translate(left(raw, 200), ' +()-', '');
    end if;
    if cleaned ~ mobile then
        number := right(cleaned, width);
    end if;

    if number is null then
        -- a number with its notation fits in far less; beyond that the text is rubbish, and must stay cheap
        cleaned := left(btrim(raw, E' \t\r\n'), 200);
        if octet_length(cleaned) <> length(cleaned) then
            cleaned := normalize(cleaned, NFKC);  -- full-width digits, no-break spaces
        end if;
        -- spreadsheets write 987654321.0
        cleaned := regexp_replace(cleaned, '^([0-9]+)\.00?$', '\1');

        -- whatever is no phone punctuation separates numbers: / , ; "y", "cel:", emoji
        <<pieces>>
        foreach piece in array regexp_split_to_array(cleaned, '[^0-9+() ._-]+') loop
            number := substring(regexp_replace(piece, '[^0-9]', '', 'g') from valid);
            exit pieces when number is not null;

            -- two numbers side by side: digit groups, joined from the left until they make a number;
            -- what is left over must be long enough to be one too, else the field is one number mistyped
            groups := regexp_split_to_array(btrim(piece, '+() ._-'), '[^0-9]+');
            joined := '';
            for i in 1 .. cardinality(groups) loop
                joined := joined || groups[i];
                number := substring(joined from valid);
                if number is not null
                    and length(array_to_string(groups[i + 1:], '')) not between 1 and 5
                then
                    exit pieces;
                end if;
                number := null;
            end loop;
        end loop;
        if number is null then
            return null;
        end if;
    end if;

    -- seven equal digits of ten or fewer leave at most three others: one of the last four is the repeated one
    if length(translate(number, right(number, 4), '')) <= 3 then
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
    plate text;
begin
    if compact ~ '[^0-9A-Z]' then
        if octet_length(compact) <> length(compact) then
            compact := upper(normalize(compact, NFKC) collate "C");
        end if;
        compact := translate(compact, translate(compact, '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ', ''), '');
    end if;
    if length(compact) not between 5 and 7
        or compact !~ '[0-9]'
        or compact ~ '^XXX|^TEST|^TEMP|PLACA|DRAFT'
    then
        return null;
    end if;
    plate := translate(compact, 'OI', '01');
    if plate !~ '[A-Z]'
        or plate ~ '^[A-Z]+0+$'
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
            -- letter and accent come apart, and the accent goes below
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

CREATE FUNCTION canon.plausible_date(raw date) RETURNS date
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
    select case when raw between date '2000-01-01' and date '2100-12-31' then raw end
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
            select from ops.run_steps as step where step.run_id = hold_run.run_id and step.step = 'lead_events'
        )
        and not exists (select from canon.batch_owner as owner where owner.run_id = hold_run.run_id)
    then
        raise exception 'run % lost its batch: PostgreSQL crashed or failed over between two of its steps and '
            'emptied the work tables', hold_run.run_id
            using hint = 'Nothing else is lost. Start a new run; it evaluates the records that this one had in hand.';
    end if;
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

CREATE UNLOGGED TABLE canon.batch_owner (
    run_id integer NOT NULL,
    started_at timestamp with time zone NOT NULL
);

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
    account_group character varying
);

CREATE UNLOGGED TABLE canon.evaluation_batch (
    source_table character varying NOT NULL,
    source_pk character varying NOT NULL
);

CREATE TABLE canon.evaluation_queue (
    source_table character varying NOT NULL,
    source_pk character varying NOT NULL
);

CREATE UNLOGGED TABLE canon.group_persons (
    account_group character varying NOT NULL,
    persons uuid[] NOT NULL,
    person_key uuid
);

CREATE TABLE canon.hot_values (
    kind text NOT NULL,
    value text NOT NULL,
    people integer NOT NULL,
    carriers integer NOT NULL,
    run_id integer NOT NULL,
    CONSTRAINT hot_values_kind_check CHECK ((kind = ANY (ARRAY['phone'::text, 'license'::text, 'plate'::text])))
);

CREATE TABLE canon.identity_aliases (
    person_key uuid NOT NULL,
    survivor_key uuid NOT NULL,
    reason text NOT NULL,
    run_id integer,
    merged_at timestamp with time zone NOT NULL,
    moved jsonb NOT NULL,
    CONSTRAINT identity_aliases_check CHECK ((person_key <> survivor_key))
);

CREATE TABLE canon.identity_contested (
    source_table character varying NOT NULL,
    source_pk character varying NOT NULL,
    reason_code text NOT NULL,
    candidates jsonb NOT NULL,
    matched_driver_id character varying,
    since timestamp with time zone NOT NULL,
    run_id integer NOT NULL
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
    matched_driver_id character varying
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
    run_id integer
);

CREATE SEQUENCE canon.identity_unmatched_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE canon.identity_unmatched_id_seq OWNED BY canon.identity_unmatched.id;

CREATE UNLOGGED TABLE canon.match_candidates (
    source_table character varying NOT NULL,
    source_pk character varying NOT NULL,
    rule text NOT NULL,
    driver_id character varying NOT NULL
);

CREATE UNLOGGED TABLE canon.match_decisions (
    source_table character varying NOT NULL,
    source_pk character varying NOT NULL,
    reason_code text,
    match_rule text,
    match_score integer,
    confidence_level public.confidencelevel,
    account_group character varying,
    driver_id character varying,
    evidence jsonb,
    candidates jsonb
);

CREATE VIEW canon.match_rules AS
 SELECT "position",
    match_rule,
    match_score,
    (confidence_level)::public.confidencelevel AS confidence_level,
    names
   FROM ( VALUES (1,'DRIVER_DIRECT'::text,100,'HIGH'::text,'ANY'::text), (2,'R1_PHONE_EXACT'::text,95,'HIGH'::text,'NO_CONTRADICTION'::text), (3,'R2_LICENSE_EXACT'::text,92,'HIGH'::text,'NO_CONTRADICTION'::text), (4,'R3_PLATE_EXACT_NAME_SIMILAR'::text,85,'MEDIUM'::text,'AGREE'::text), (5,'R3B_PLATE_NAME_NO_DATE'::text,78,'MEDIUM'::text,'AGREE'::text), (6,'R4_CAR_FINGERPRINT_NAME_SIMILAR'::text,75,'LOW'::text,'VERY'::text)) rule("position", match_rule, match_score, confidence_level, names);

CREATE TABLE observational.lead_ledger (
    person_key uuid NOT NULL,
    attributed_source character varying,
    attributed_scout_id integer,
    attribution_rule character varying,
    attribution_score numeric(5,2) NOT NULL,
    confidence_level public.attributionconfidence NOT NULL,
    evidence_json jsonb,
    decision_status public.decisionstatus NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL
);

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
           FROM canon.claims_yango_cabinet_14d claim
          WHERE (claim.person_key = person.person_key)))) AND (NOT (EXISTS ( SELECT 1
           FROM canon.identity_origin origin
          WHERE (origin.person_key = person.person_key)))) AND (NOT (EXISTS ( SELECT 1
           FROM canon.identity_origin_history history
          WHERE (history.person_key = person.person_key)))) AND (NOT (EXISTS ( SELECT 1
           FROM canon.driver_orphan_quarantine orphan
          WHERE (orphan.person_key = person.person_key)))) AND (NOT (EXISTS ( SELECT 1
           FROM observational.scouting_match_candidates candidate
          WHERE (candidate.person_key_candidate = person.person_key)))) AND (NOT (EXISTS ( SELECT 1
           FROM ops.identity_matching_jobs job
          WHERE (job.matched_person_key = person.person_key)))));

CREATE UNLOGGED TABLE canon.name_scores (
    name_a text NOT NULL,
    name_b text NOT NULL,
    similarity real NOT NULL,
    verdict text NOT NULL,
    CONSTRAINT name_scores_verdict_check CHECK ((verdict = ANY (ARRAY['VERY'::text, 'AGREE'::text, 'UNDECIDED'::text, 'CONTRADICT'::text])))
);

CREATE UNLOGGED TABLE canon.person_merges (
    person_key uuid NOT NULL,
    survivor_key uuid NOT NULL,
    account_group character varying NOT NULL
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
    run_id integer NOT NULL
);

CREATE VIEW canon.rule_evidence AS
 SELECT candidate.source_table,
    candidate.source_pk,
    candidate.driver_id,
    rule.match_rule,
    rule.match_score,
    rule.confidence_level,
    driver.account_group,
    driver.park_id,
    driver.full_name_norm AS driver_name,
    record.name_norm AS record_name,
    score.similarity,
    score.verdict,
        CASE rule.names
            WHEN 'ANY'::text THEN true
            WHEN 'NO_CONTRADICTION'::text THEN (COALESCE(score.verdict, ''::text) <> 'CONTRADICT'::text)
            WHEN 'AGREE'::text THEN COALESCE((score.verdict = ANY (ARRAY['AGREE'::text, 'VERY'::text])), false)
            WHEN 'VERY'::text THEN COALESCE((score.verdict = 'VERY'::text), false)
            ELSE NULL::boolean
        END AS is_supported,
    ((rule.names = 'NO_CONTRADICTION'::text) AND COALESCE((score.verdict = 'CONTRADICT'::text), false)) AS is_contradicted,
    ((rule.names = ANY (ARRAY['AGREE'::text, 'VERY'::text])) AND (COALESCE(score.verdict, ''::text) <> 'CONTRADICT'::text)) AS is_weak
   FROM ((((canon.match_candidates candidate
     JOIN canon.match_rules rule ON ((rule.match_rule = candidate.rule)))
     JOIN canon.records_index record ON ((((record.source_table)::text = (candidate.source_table)::text) AND ((record.source_pk)::text = (candidate.source_pk)::text))))
     JOIN canon.drivers_index driver ON (((driver.driver_id)::text = (candidate.driver_id)::text)))
     LEFT JOIN canon.name_scores score ON (((record.name_norm IS NOT NULL) AND (driver.full_name_norm IS NOT NULL) AND (score.name_a = LEAST(record.name_norm, (driver.full_name_norm)::text)) AND (score.name_b = GREATEST(record.name_norm, (driver.full_name_norm)::text)))));

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
    ((decision.reason_code IS NULL) AND (grouped.person_key IS NULL)) AS is_split
   FROM (canon.match_decisions decision
     LEFT JOIN canon.group_persons grouped ON (((grouped.account_group)::text = (decision.account_group)::text)));

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

CREATE VIEW canon.source_drivers AS
 SELECT driver_id,
    xmin AS row_version,
    park_id,
    (phone)::text AS phone,
    (license_number)::text AS license_number,
    (license_normalized_number)::text AS license_normalized_number,
    (full_name)::text AS full_name,
    concat_ws(' '::text, first_name, middle_name, last_name) AS name_parts,
    (car_number)::text AS car_number,
    (car_normalized_number)::text AS car_normalized_number,
    (car_brand)::text AS car_brand,
    (car_model)::text AS car_model,
    hire_date
   FROM public.drivers driver
  WHERE ((octet_length((driver_id)::text) >= 1) AND (octet_length((driver_id)::text) <= 500));

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

CREATE VIEW canon.source_records AS
 SELECT 'module_ct_cabinet_leads'::character varying AS source_table,
        CASE
            WHEN (octet_length((lead.external_id)::text) <= 500) THEN lead.external_id
            ELSE (lead.id)::character varying
        END AS source_pk,
    (lead.id)::bigint AS row_id,
    lead.xmin AS row_version,
    COALESCE((octet_length((lead.external_id)::text) <= 500), false) AS has_own_key,
    (lead.lead_created_at)::date AS event_date,
    lead.lead_created_at AS recorded_at,
    concat_ws(' '::text, lead.first_name, lead.middle_name, lead.last_name) AS name,
    (lead.park_phone)::text AS phone,
    NULL::text AS license,
    (lead.asset_plate_number)::text AS plate,
    (lead.asset_model)::text AS car_model,
    NULL::character varying AS driver_id,
    NULL::integer AS scout_id,
    'cabinet'::text AS origin_tag,
    NULL::text AS acquisition_method,
    NULL::text AS scout_name
   FROM public.module_ct_cabinet_leads lead
UNION ALL
 SELECT 'module_ct_scouting_daily'::character varying AS source_table,
    (scouting.id)::character varying AS source_pk,
    scouting.id AS row_id,
    scouting.xmin AS row_version,
    true AS has_own_key,
    scouting.registration_date AS event_date,
    (canon.plausible_date(scouting.registration_date))::timestamp without time zone AS recorded_at,
    (scouting.driver_name)::text AS name,
    (scouting.driver_phone)::text AS phone,
    (scouting.driver_license)::text AS license,
    NULL::text AS plate,
    NULL::text AS car_model,
    NULL::character varying AS driver_id,
    scouting.scout_id,
    'cabinet'::text AS origin_tag,
    (scouting.acquisition_method)::text AS acquisition_method,
    NULL::text AS scout_name
   FROM public.module_ct_scouting_daily scouting
UNION ALL
 SELECT 'module_ct_migrations'::character varying AS source_table,
    (migration.id)::character varying AS source_pk,
    migration.id AS row_id,
    migration.xmin AS row_version,
    true AS has_own_key,
    COALESCE(migration.hire_date, (migration.created_at)::date) AS event_date,
    COALESCE((canon.plausible_date(migration.hire_date))::timestamp without time zone, migration.created_at) AS recorded_at,
    (migration.driver_name)::text AS name,
    NULL::text AS phone,
    NULL::text AS license,
    NULL::text AS plate,
    NULL::text AS car_model,
    migration.driver_id,
    migration.scout_id,
    'fleet_migration'::text AS origin_tag,
    NULL::text AS acquisition_method,
    (migration.scout_name)::text AS scout_name
   FROM public.module_ct_migrations migration;

CREATE TABLE canon.touched_values (
    kind text NOT NULL,
    value text NOT NULL,
    cause text NOT NULL,
    CONSTRAINT touched_values_cause_check CHECK ((cause = ANY (ARRAY['driver'::text, 'given_up'::text, 'hot'::text]))),
    CONSTRAINT touched_values_kind_check CHECK ((kind = ANY (ARRAY['phone'::text, 'license'::text, 'plate'::text, 'driver'::text])))
);

CREATE VIEW canon.v_persons AS
 SELECT person_key,
    created_at,
    updated_at,
    confidence_level,
    primary_phone,
    primary_license,
    primary_full_name
   FROM canon.identity_registry person;

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

CREATE TABLE ops.control_tower_migrations (
    revision text NOT NULL,
    sha256 text NOT NULL,
    applied_at timestamp with time zone DEFAULT now() NOT NULL,
    applied_by text DEFAULT CURRENT_USER NOT NULL
);

CREATE TABLE ops.control_tower_schema_version (
    version_num text NOT NULL
);

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

CREATE SEQUENCE ops.ingestion_runs_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE ops.ingestion_runs_id_seq OWNED BY ops.ingestion_runs.id;

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

CREATE SEQUENCE ops.lead_events_scout_backfill_audit_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE ops.lead_events_scout_backfill_audit_id_seq OWNED BY ops.lead_events_scout_backfill_audit.id;

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

CREATE SEQUENCE ops.lead_ledger_scout_backfill_audit_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE ops.lead_ledger_scout_backfill_audit_id_seq OWNED BY ops.lead_ledger_scout_backfill_audit.id;

CREATE TABLE ops.partner_payment_rules (
    id integer NOT NULL,
    origin_tag character varying(50) NOT NULL,
    window_days integer NOT NULL,
    milestone_trips integer NOT NULL,
    amount numeric(12,2) NOT NULL,
    currency character varying(3) DEFAULT 'PEN'::character varying NOT NULL,
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

CREATE SEQUENCE ops.partner_payment_rules_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE ops.partner_payment_rules_id_seq OWNED BY ops.partner_payment_rules.id;

CREATE TABLE ops.run_steps (
    run_id integer NOT NULL,
    step text NOT NULL,
    finished_at timestamp with time zone NOT NULL,
    seconds numeric(12,3) NOT NULL,
    rows_changed bigint NOT NULL,
    detail jsonb DEFAULT '{}'::jsonb NOT NULL
);

CREATE TABLE ops.scout_payment_rules (
    id integer NOT NULL,
    origin_tag character varying(50) NOT NULL,
    window_days integer NOT NULL,
    milestone_trips integer NOT NULL,
    amount numeric(12,2) NOT NULL,
    currency character varying(3) DEFAULT 'PEN'::character varying NOT NULL,
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

CREATE SEQUENCE ops.scout_payment_rules_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE ops.scout_payment_rules_id_seq OWNED BY ops.scout_payment_rules.id;

CREATE VIEW ops.v_identity_contested AS
 SELECT contested.source_table,
    contested.source_pk,
    link.match_rule,
    link.person_key,
    contested.candidates,
    contested.since,
    contested.reason_code
   FROM (canon.identity_contested contested
     LEFT JOIN canon.identity_links link ON ((((link.source_table)::text = (contested.source_table)::text) AND ((link.source_pk)::text = (contested.source_pk)::text))));

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
 SELECT source_table,
    source_pk,
    person_key,
    match_rule,
    match_score,
    confidence_level,
    matched_driver_id,
    evidence,
    snapshot_date,
    linked_at,
    run_id
   FROM canon.identity_links link;

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
    run_id
   FROM canon.identity_unmatched unmatched;

CREATE VIEW ops.v_lead_events AS
 SELECT source_table,
    source_pk,
    event_date,
    person_key,
    scout_id,
    payload_json,
    created_at
   FROM observational.lead_events event;

CREATE VIEW ops.v_merged_persons AS
 SELECT person_key,
    survivor_key,
    reason,
    run_id,
    merged_at
   FROM canon.identity_aliases alias;

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

CREATE SEQUENCE ops.yango_payment_status_ledger_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE ops.yango_payment_status_ledger_id_seq OWNED BY ops.yango_payment_status_ledger.id;

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

ALTER TABLE ONLY canon.batch_owner
    ADD CONSTRAINT batch_owner_pkey PRIMARY KEY (run_id);

ALTER TABLE ONLY canon.claims_yango_cabinet_14d
    ADD CONSTRAINT claims_yango_cabinet_14d_pkey PRIMARY KEY (claim_id);

ALTER TABLE ONLY canon.driver_orphan_quarantine
    ADD CONSTRAINT driver_orphan_quarantine_pkey PRIMARY KEY (driver_id);

ALTER TABLE ONLY canon.drivers_index
    ADD CONSTRAINT drivers_index_pkey PRIMARY KEY (driver_id);

ALTER TABLE ONLY canon.evaluation_batch
    ADD CONSTRAINT evaluation_batch_pkey PRIMARY KEY (source_table, source_pk);

ALTER TABLE ONLY canon.evaluation_queue
    ADD CONSTRAINT evaluation_queue_pkey PRIMARY KEY (source_table, source_pk);

ALTER TABLE ONLY canon.group_persons
    ADD CONSTRAINT group_persons_pkey PRIMARY KEY (account_group);

ALTER TABLE ONLY canon.hot_values
    ADD CONSTRAINT hot_values_pkey PRIMARY KEY (kind, value);

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

ALTER TABLE ONLY canon.match_decisions
    ADD CONSTRAINT match_decisions_pkey PRIMARY KEY (source_table, source_pk);

ALTER TABLE ONLY canon.name_scores
    ADD CONSTRAINT name_scores_pkey PRIMARY KEY (name_a, name_b);

ALTER TABLE ONLY canon.person_merges
    ADD CONSTRAINT person_merges_pkey PRIMARY KEY (person_key);

ALTER TABLE ONLY canon.records_index
    ADD CONSTRAINT records_index_pkey PRIMARY KEY (source_table, source_pk);

ALTER TABLE ONLY canon.touched_values
    ADD CONSTRAINT touched_values_pkey PRIMARY KEY (kind, value, cause);

ALTER TABLE ONLY observational.lead_events
    ADD CONSTRAINT lead_events_pkey PRIMARY KEY (id);

ALTER TABLE ONLY observational.lead_events
    ADD CONSTRAINT lead_events_source_table_source_pk_key UNIQUE (source_table, source_pk);

ALTER TABLE ONLY observational.lead_ledger
    ADD CONSTRAINT lead_ledger_pkey PRIMARY KEY (person_key);

ALTER TABLE ONLY observational.scouting_match_candidates
    ADD CONSTRAINT scouting_match_candidates_pkey PRIMARY KEY (id);

ALTER TABLE ONLY ops.alerts
    ADD CONSTRAINT alerts_pkey PRIMARY KEY (id);

ALTER TABLE ONLY ops.check_results
    ADD CONSTRAINT check_results_pkey PRIMARY KEY (id);

ALTER TABLE ONLY ops.control_tower_migrations
    ADD CONSTRAINT control_tower_migrations_pkey PRIMARY KEY (revision);

ALTER TABLE ONLY ops.control_tower_schema_version
    ADD CONSTRAINT control_tower_schema_version_pkc PRIMARY KEY (version_num);

ALTER TABLE ONLY ops.identity_links_backfill_audit
    ADD CONSTRAINT identity_links_backfill_audit_pkey PRIMARY KEY (id);

ALTER TABLE ONLY ops.identity_matching_jobs
    ADD CONSTRAINT identity_matching_jobs_pkey PRIMARY KEY (id);

ALTER TABLE ONLY ops.identity_matching_jobs
    ADD CONSTRAINT identity_matching_jobs_source_type_source_id_key UNIQUE (source_type, source_id);

ALTER TABLE ONLY ops.ingestion_runs
    ADD CONSTRAINT ingestion_runs_pkey PRIMARY KEY (id);

ALTER TABLE ONLY ops.lead_events_scout_backfill_audit
    ADD CONSTRAINT lead_events_scout_backfill_audit_pkey PRIMARY KEY (id);

ALTER TABLE ONLY ops.lead_ledger_scout_backfill_audit
    ADD CONSTRAINT lead_ledger_scout_backfill_audit_pkey PRIMARY KEY (id);

ALTER TABLE ONLY ops.partner_payment_rules
    ADD CONSTRAINT partner_payment_rules_origin_tag_window_days_milestone_trip_key UNIQUE (origin_tag, window_days, milestone_trips, valid_from);

ALTER TABLE ONLY ops.partner_payment_rules
    ADD CONSTRAINT partner_payment_rules_pkey PRIMARY KEY (id);

ALTER TABLE ONLY ops.run_steps
    ADD CONSTRAINT run_steps_pkey PRIMARY KEY (run_id, step);

ALTER TABLE ONLY ops.scout_payment_rules
    ADD CONSTRAINT scout_payment_rules_origin_tag_window_days_milestone_trips__key UNIQUE (origin_tag, window_days, milestone_trips, valid_from);

ALTER TABLE ONLY ops.scout_payment_rules
    ADD CONSTRAINT scout_payment_rules_pkey PRIMARY KEY (id);

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

CREATE INDEX drivers_index_phone_norm_idx ON canon.drivers_index USING btree (phone_norm);

CREATE INDEX drivers_index_plate_norm ON canon.drivers_index USING btree (plate_norm);

CREATE INDEX identity_aliases_survivor ON canon.identity_aliases USING btree (survivor_key);

CREATE INDEX identity_links_matched_driver ON canon.identity_links USING btree (matched_driver_id) WHERE (matched_driver_id IS NOT NULL);

CREATE INDEX identity_links_person_key ON canon.identity_links USING btree (person_key);

CREATE INDEX identity_links_run_id_idx ON canon.identity_links USING btree (run_id);

CREATE INDEX identity_origin_history_changed_at_idx ON canon.identity_origin_history USING btree (changed_at);

CREATE INDEX identity_origin_history_person_key_idx ON canon.identity_origin_history USING btree (person_key);

CREATE INDEX identity_origin_origin_source_id_idx ON canon.identity_origin USING btree (origin_source_id);

CREATE INDEX identity_origin_origin_tag_idx ON canon.identity_origin USING btree (origin_tag);

CREATE INDEX identity_origin_resolution_status_idx ON canon.identity_origin USING btree (resolution_status);

CREATE INDEX identity_origin_ruleset_version_idx ON canon.identity_origin USING btree (ruleset_version);

CREATE INDEX identity_rekeys_new ON canon.identity_rekeys USING btree (source_table, new_source_pk);

CREATE INDEX identity_unmatched_open ON canon.identity_unmatched USING btree (reason_code) WHERE (status = 'OPEN'::public.unmatchedstatus);

CREATE INDEX identity_unmatched_run_id_idx ON canon.identity_unmatched USING btree (run_id);

CREATE INDEX records_index_car ON canon.records_index USING btree (car_fingerprint, event_date) WHERE (car_fingerprint IS NOT NULL);

CREATE INDEX records_index_driver ON canon.records_index USING btree (driver_id) WHERE (driver_id IS NOT NULL);

CREATE INDEX records_index_license ON canon.records_index USING btree (license_norm) WHERE (license_norm IS NOT NULL);

CREATE INDEX records_index_phone ON canon.records_index USING btree (phone_norm) WHERE (phone_norm IS NOT NULL);

CREATE INDEX records_index_plate ON canon.records_index USING btree (plate_norm) WHERE (plate_norm IS NOT NULL);

CREATE INDEX records_index_row ON canon.records_index USING btree (source_table, source_row_id);

CREATE INDEX lead_events_event_date_idx ON observational.lead_events USING btree (event_date);

CREATE INDEX lead_events_person_key_idx ON observational.lead_events USING btree (person_key);

CREATE INDEX lead_events_scout_id_idx ON observational.lead_events USING btree (scout_id);

CREATE INDEX lead_ledger_attributed_scout_id_idx ON observational.lead_ledger USING btree (attributed_scout_id);

CREATE INDEX lead_ledger_decision_status_idx ON observational.lead_ledger USING btree (decision_status);

CREATE INDEX scouting_match_candidates_person_key_candidate_idx ON observational.scouting_match_candidates USING btree (person_key_candidate) WHERE (person_key_candidate IS NOT NULL);

CREATE INDEX scouting_match_candidates_scouting_date_idx ON observational.scouting_match_candidates USING btree (scouting_date);

CREATE INDEX scouting_match_candidates_scouting_row_id_idx ON observational.scouting_match_candidates USING btree (scouting_row_id);

CREATE INDEX scouting_match_candidates_week_label_idx ON observational.scouting_match_candidates USING btree (week_label);

CREATE INDEX alerts_acknowledged_at_idx ON ops.alerts USING btree (acknowledged_at) WHERE (acknowledged_at IS NULL);

CREATE INDEX alerts_week_label_idx ON ops.alerts USING btree (week_label);

CREATE INDEX check_results_latest ON ops.check_results USING btree (check_name, checked_at DESC);

CREATE INDEX identity_links_backfill_audit_backfill_timestamp_idx ON ops.identity_links_backfill_audit USING btree (backfill_timestamp);

CREATE INDEX identity_links_backfill_audit_ingestion_run_id_idx ON ops.identity_links_backfill_audit USING btree (ingestion_run_id);

CREATE INDEX identity_links_backfill_audit_person_key_idx ON ops.identity_links_backfill_audit USING btree (person_key);

CREATE INDEX identity_links_backfill_audit_source_table_source_pk_idx ON ops.identity_links_backfill_audit USING btree (source_table, source_pk);

CREATE INDEX identity_matching_jobs_matched_person_key_idx ON ops.identity_matching_jobs USING btree (matched_person_key) WHERE (matched_person_key IS NOT NULL);

CREATE INDEX identity_matching_jobs_status_last_attempt_at_idx ON ops.identity_matching_jobs USING btree (status, last_attempt_at);

CREATE INDEX ingestion_runs_job_type_started_at_idx ON ops.ingestion_runs USING btree (job_type, started_at DESC);

CREATE UNIQUE INDEX ingestion_runs_one_running_per_job ON ops.ingestion_runs USING btree (job_type) WHERE ((status = 'RUNNING'::public.runstatus) AND (heartbeat_at IS NOT NULL));

CREATE INDEX lead_events_scout_backfill_audit_backfill_timestamp_idx ON ops.lead_events_scout_backfill_audit USING btree (backfill_timestamp);

CREATE INDEX lead_events_scout_backfill_audit_ingestion_run_id_idx ON ops.lead_events_scout_backfill_audit USING btree (ingestion_run_id);

CREATE INDEX lead_events_scout_backfill_audit_person_key_idx ON ops.lead_events_scout_backfill_audit USING btree (person_key);

CREATE INDEX lead_events_scout_backfill_audit_source_table_source_pk_idx ON ops.lead_events_scout_backfill_audit USING btree (source_table, source_pk);

CREATE INDEX lead_ledger_scout_backfill_audit_backfill_timestamp_idx ON ops.lead_ledger_scout_backfill_audit USING btree (backfill_timestamp);

CREATE INDEX lead_ledger_scout_backfill_audit_ingestion_run_id_idx ON ops.lead_ledger_scout_backfill_audit USING btree (ingestion_run_id);

CREATE INDEX lead_ledger_scout_backfill_audit_person_key_idx ON ops.lead_ledger_scout_backfill_audit USING btree (person_key);

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

ALTER TABLE ONLY canon.claims_yango_cabinet_14d
    ADD CONSTRAINT claims_yango_cabinet_14d_person_key_fkey FOREIGN KEY (person_key) REFERENCES canon.identity_registry(person_key);

ALTER TABLE ONLY canon.driver_orphan_quarantine
    ADD CONSTRAINT driver_orphan_quarantine_person_key_fkey FOREIGN KEY (person_key) REFERENCES canon.identity_registry(person_key) ON DELETE SET NULL;

ALTER TABLE ONLY canon.hot_values
    ADD CONSTRAINT hot_values_run_id_fkey FOREIGN KEY (run_id) REFERENCES ops.ingestion_runs(id);

ALTER TABLE ONLY canon.identity_aliases
    ADD CONSTRAINT identity_aliases_run_id_fkey FOREIGN KEY (run_id) REFERENCES ops.ingestion_runs(id);

ALTER TABLE ONLY canon.identity_aliases
    ADD CONSTRAINT identity_aliases_survivor_key_fkey FOREIGN KEY (survivor_key) REFERENCES canon.identity_registry(person_key);

ALTER TABLE ONLY canon.identity_contested
    ADD CONSTRAINT identity_contested_run_id_fkey FOREIGN KEY (run_id) REFERENCES ops.ingestion_runs(id);

ALTER TABLE ONLY canon.identity_links
    ADD CONSTRAINT identity_links_person_key_fkey FOREIGN KEY (person_key) REFERENCES canon.identity_registry(person_key);

ALTER TABLE ONLY canon.identity_links
    ADD CONSTRAINT identity_links_run_id_fkey FOREIGN KEY (run_id) REFERENCES ops.ingestion_runs(id);

ALTER TABLE ONLY canon.identity_origin_history
    ADD CONSTRAINT identity_origin_history_person_key_fkey FOREIGN KEY (person_key) REFERENCES canon.identity_registry(person_key) ON DELETE CASCADE;

ALTER TABLE ONLY canon.identity_origin
    ADD CONSTRAINT identity_origin_person_key_fkey FOREIGN KEY (person_key) REFERENCES canon.identity_registry(person_key) ON DELETE CASCADE;

ALTER TABLE ONLY canon.identity_unmatched
    ADD CONSTRAINT identity_unmatched_run_id_fkey FOREIGN KEY (run_id) REFERENCES ops.ingestion_runs(id);

ALTER TABLE ONLY canon.records_index
    ADD CONSTRAINT records_index_run_id_fkey FOREIGN KEY (run_id) REFERENCES ops.ingestion_runs(id);

ALTER TABLE ONLY observational.lead_events
    ADD CONSTRAINT lead_events_person_key_fkey FOREIGN KEY (person_key) REFERENCES canon.identity_registry(person_key);

ALTER TABLE ONLY observational.lead_ledger
    ADD CONSTRAINT lead_ledger_person_key_fkey FOREIGN KEY (person_key) REFERENCES canon.identity_registry(person_key);

ALTER TABLE ONLY observational.scouting_match_candidates
    ADD CONSTRAINT scouting_match_candidates_person_key_candidate_fkey FOREIGN KEY (person_key_candidate) REFERENCES canon.identity_registry(person_key);

ALTER TABLE ONLY observational.scouting_match_candidates
    ADD CONSTRAINT scouting_match_candidates_run_id_fkey FOREIGN KEY (run_id) REFERENCES ops.ingestion_runs(id);

ALTER TABLE ONLY ops.alerts
    ADD CONSTRAINT alerts_run_id_fkey FOREIGN KEY (run_id) REFERENCES ops.ingestion_runs(id);

ALTER TABLE ONLY ops.check_results
    ADD CONSTRAINT check_results_run_id_fkey FOREIGN KEY (run_id) REFERENCES ops.ingestion_runs(id);

ALTER TABLE ONLY ops.identity_matching_jobs
    ADD CONSTRAINT identity_matching_jobs_matched_person_key_fkey FOREIGN KEY (matched_person_key) REFERENCES canon.identity_registry(person_key) ON DELETE SET NULL;

ALTER TABLE ONLY ops.run_steps
    ADD CONSTRAINT run_steps_run_id_fkey FOREIGN KEY (run_id) REFERENCES ops.ingestion_runs(id);
