-- Everything that an established Control Tower database has in observational and ops; see 0000.

select ops.ensure_table('observational.lead_events', $$
    id integer not null default nextval('observational.lead_events_id_seq'),
    source_table varchar not null,
    source_pk varchar not null,
    event_date date not null,
    person_key uuid,
    scout_id integer,
    payload_json jsonb,
    created_at timestamptz not null default now(),
    primary key (id),
    unique (source_table, source_pk)
$$);
select ops.ensure_index('observational.lead_events', 'btree (person_key)');
select ops.ensure_index('observational.lead_events', 'btree (event_date)');
select ops.ensure_index('observational.lead_events', 'btree (scout_id)');
select ops.ensure_foreign_key(
    'observational.lead_events', 'person_key', 'canon.identity_registry (person_key)'
);

select ops.ensure_table('observational.lead_ledger', $$
    person_key uuid not null,
    attributed_source varchar,
    attributed_scout_id integer,
    attribution_rule varchar,
    attribution_score numeric(5, 2) not null,
    confidence_level attributionconfidence not null,
    evidence_json jsonb,
    decision_status decisionstatus not null,
    updated_at timestamptz not null default now(),
    primary key (person_key)
$$);
select ops.ensure_index('observational.lead_ledger', 'btree (decision_status)');
select ops.ensure_index('observational.lead_ledger', 'btree (attributed_scout_id)');
select ops.ensure_foreign_key(
    'observational.lead_ledger', 'person_key', 'canon.identity_registry (person_key)'
);

select ops.ensure_table('observational.scouting_match_candidates', $$
    id integer not null default nextval('observational.scouting_match_candidates_id_seq'),
    week_label varchar not null,
    scouting_row_id varchar not null,
    scouting_date date not null,
    person_key_candidate uuid,
    matched_source matched_source_enum not null,
    match_rule varchar,
    score numeric(3, 2) not null,
    confidence_level confidence_level_obs_enum not null,
    matched_source_pk varchar,
    matched_source_date date,
    time_to_match_days integer,
    notes text,
    created_at timestamptz not null default now(),
    run_id integer,
    primary key (id)
$$);
select ops.ensure_index('observational.scouting_match_candidates', 'btree (week_label)');
select ops.ensure_index('observational.scouting_match_candidates', 'btree (scouting_row_id)');
select ops.ensure_index(
    'observational.scouting_match_candidates',
    'btree (person_key_candidate) WHERE (person_key_candidate IS NOT NULL)'
);
select ops.ensure_index('observational.scouting_match_candidates', 'btree (scouting_date)');
select ops.ensure_foreign_key(
    'observational.scouting_match_candidates', 'person_key_candidate', 'canon.identity_registry (person_key)'
);
select ops.ensure_foreign_key(
    'observational.scouting_match_candidates', 'run_id', 'ops.ingestion_runs (id)'
);

select ops.ensure_table('ops.alerts', $$
    id integer not null default nextval('ops.alerts_id_seq'),
    alert_type varchar not null,
    severity alertseverity not null,
    week_label varchar not null,
    message text not null,
    details jsonb,
    created_at timestamptz not null default now(),
    acknowledged_at timestamptz,
    run_id integer,
    primary key (id)
$$);
select ops.ensure_index('ops.alerts', 'btree (week_label)');
select ops.ensure_index('ops.alerts', 'btree (acknowledged_at) WHERE (acknowledged_at IS NULL)');
select ops.ensure_foreign_key('ops.alerts', 'run_id', 'ops.ingestion_runs (id)');

select ops.ensure_table('ops.identity_matching_jobs', $$
    id bigint not null default nextval('ops.identity_matching_jobs_id_seq'),
    source_type text not null,
    source_id text not null,
    status text not null default 'pending',
    attempt_count integer not null default 0,
    last_attempt_at timestamptz,
    matched_person_key uuid,
    fail_reason text,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    primary key (id),
    unique (source_type, source_id),
    check (source_type = 'cabinet'),
    check (status in ('pending', 'matched', 'failed'))
$$);
select ops.ensure_index('ops.identity_matching_jobs', 'btree (status, last_attempt_at)');
select ops.ensure_index(
    'ops.identity_matching_jobs', 'btree (matched_person_key) WHERE (matched_person_key IS NOT NULL)'
);
select ops.ensure_foreign_key(
    'ops.identity_matching_jobs',
    'matched_person_key', 'canon.identity_registry (person_key) on delete set null'
);

do $do$
begin
    if ops.ensure_table('ops.scout_payment_rules', $$
    id integer not null default nextval('ops.scout_payment_rules_id_seq'),
    origin_tag varchar(50) not null,
    window_days integer not null,
    milestone_trips integer not null,
    amount numeric(12, 2) not null,
    currency varchar(3) not null default 'PEN',
    valid_from date not null,
    valid_to date,
    is_active boolean not null default true,
    notes text,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    primary key (id),
    unique (origin_tag, window_days, milestone_trips, valid_from),
    check (amount >= 0),
    check (currency in ('PEN', 'COP', 'USD')),
    check (milestone_trips > 0),
    check (origin_tag in ('cabinet', 'fleet_migration')),
    check (valid_to is null or valid_to >= valid_from),
    check (window_days > 0)
$$) then
        insert into ops.scout_payment_rules (origin_tag, window_days, milestone_trips, amount, valid_from)
        values
            ('cabinet', 7, 1, 20, date '2025-11-01'),
            ('cabinet', 7, 5, 25, date '2025-11-01'),
            ('cabinet', 7, 25, 55, date '2025-11-01');
    end if;
end
$do$;

do $do$
begin
    if ops.ensure_table('ops.partner_payment_rules', $$
    id integer not null default nextval('ops.partner_payment_rules_id_seq'),
    origin_tag varchar(50) not null,
    window_days integer not null,
    milestone_trips integer not null,
    amount numeric(12, 2) not null,
    currency varchar(3) not null default 'PEN',
    valid_from date not null,
    valid_to date,
    is_active boolean not null default true,
    notes text,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    primary key (id),
    unique (origin_tag, window_days, milestone_trips, valid_from),
    check (amount >= 0),
    check (currency in ('PEN', 'COP', 'USD')),
    check (milestone_trips > 0),
    check (origin_tag in ('cabinet', 'fleet_migration')),
    check (valid_to is null or valid_to >= valid_from),
    check (window_days > 0)
$$) then
        insert into ops.partner_payment_rules (origin_tag, window_days, milestone_trips, amount, valid_from)
        values
            ('cabinet', 14, 1, 25, date '2025-11-01'),
            ('cabinet', 14, 5, 35, date '2025-11-01'),
            ('cabinet', 14, 25, 100, date '2025-11-01');
    end if;
end
$do$;

select ops.ensure_table('ops.yango_payment_status_ledger', $$
    id bigint not null default nextval('ops.yango_payment_status_ledger_id_seq'),
    snapshot_at timestamptz not null default now(),
    source_table text not null default 'module_ct_cabinet_payments',
    source_pk text not null,
    pay_date date,
    pay_time time,
    raw_driver_name text not null,
    driver_name_normalized text not null,
    milestone_type text not null default 'trips',
    milestone_value integer not null,
    is_paid boolean not null,
    paid_flag_source text not null,
    driver_id text,
    person_key uuid,
    match_rule text not null default 'none',
    match_confidence text not null default 'unknown',
    payment_key text not null,
    state_hash text not null,
    created_at timestamptz not null default now(),
    primary key (id),
    check (match_confidence in ('high', 'medium', 'unknown')),
    check (match_rule in ('none', 'driver_name_unique', 'driver_id_direct')),
    check (milestone_value in (1, 5, 25)),
    check (paid_flag_source in ('trip_1', 'trip_5', 'trip_25'))
$$);
select ops.ensure_index(
    'ops.yango_payment_status_ledger', 'btree (payment_key, state_hash)', is_unique => true
);
select ops.ensure_index('ops.yango_payment_status_ledger', 'btree (snapshot_at DESC)');
select ops.ensure_index('ops.yango_payment_status_ledger', 'btree (milestone_value, is_paid)');
select ops.ensure_index(
    'ops.yango_payment_status_ledger', 'btree (driver_id) WHERE (driver_id IS NOT NULL)'
);
select ops.ensure_index(
    'ops.yango_payment_status_ledger', 'btree (person_key) WHERE (person_key IS NOT NULL)'
);
select ops.ensure_index('ops.yango_payment_status_ledger', 'btree (pay_date) WHERE (pay_date IS NOT NULL)');
select ops.ensure_index('ops.yango_payment_status_ledger', 'btree (payment_key)');

select ops.ensure_table('ops.identity_links_backfill_audit', $$
    id integer not null default nextval('ops.identity_links_backfill_audit_id_seq'),
    source_table text not null,
    source_pk text not null,
    person_key uuid,
    driver_id text,
    match_method text not null,
    match_confidence text not null,
    match_score integer,
    evidence_json jsonb,
    action_type text not null,
    error_message text,
    backfill_timestamp timestamptz default now(),
    ingestion_run_id integer,
    notes text,
    primary key (id)
$$);
select ops.ensure_index('ops.identity_links_backfill_audit', 'btree (source_table, source_pk)');
select ops.ensure_index('ops.identity_links_backfill_audit', 'btree (person_key)');
select ops.ensure_index('ops.identity_links_backfill_audit', 'btree (backfill_timestamp)');
select ops.ensure_index('ops.identity_links_backfill_audit', 'btree (ingestion_run_id)');

select ops.ensure_table('ops.lead_ledger_scout_backfill_audit', $$
    id integer not null default nextval('ops.lead_ledger_scout_backfill_audit_id_seq'),
    person_key uuid not null,
    old_attributed_scout_id integer,
    new_attributed_scout_id integer,
    attribution_rule_old text,
    attribution_rule_new text,
    attribution_confidence_old text,
    attribution_confidence_new text,
    attribution_source text,
    evidence_json_old jsonb,
    evidence_json_new jsonb,
    backfill_method text not null,
    backfill_timestamp timestamptz default now(),
    ingestion_run_id integer,
    notes text,
    primary key (id)
$$);
select ops.ensure_index('ops.lead_ledger_scout_backfill_audit', 'btree (person_key)');
select ops.ensure_index('ops.lead_ledger_scout_backfill_audit', 'btree (backfill_timestamp)');
select ops.ensure_index('ops.lead_ledger_scout_backfill_audit', 'btree (ingestion_run_id)');

select ops.ensure_table('ops.lead_events_scout_backfill_audit', $$
    id integer not null default nextval('ops.lead_events_scout_backfill_audit_id_seq'),
    source_table text not null,
    source_pk text not null,
    person_key uuid,
    old_scout_id integer,
    new_scout_id integer,
    mapping_method text not null,
    mapping_confidence text not null,
    evidence_json jsonb,
    action_type text not null,
    error_message text,
    backfill_timestamp timestamptz default now(),
    ingestion_run_id integer,
    notes text,
    primary key (id)
$$);
select ops.ensure_index('ops.lead_events_scout_backfill_audit', 'btree (source_table, source_pk)');
select ops.ensure_index('ops.lead_events_scout_backfill_audit', 'btree (person_key)');
select ops.ensure_index('ops.lead_events_scout_backfill_audit', 'btree (backfill_timestamp)');
select ops.ensure_index('ops.lead_events_scout_backfill_audit', 'btree (ingestion_run_id)');

drop function ops.ensure_enum(text, text[]);
drop function ops.ensure_table(text, text);
drop function ops.ensure_foreign_key(text, text, text);
drop function ops.ensure_index(text, text, boolean);
drop function ops.add_unenforced(text, text);
