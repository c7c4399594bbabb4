-- What the identity pipeline needs beside the established tables: bookkeeping of runs and steps,
-- the index of source records, the queue of records to look at again, and contested links.

-- Runs -----------------------------------------------------------------------------------------
alter table ops.ingestion_runs add column if not exists parameters jsonb;
alter table ops.ingestion_runs add column if not exists heartbeat_at timestamptz;
alter table ops.ingestion_runs add column if not exists dag_id text;
alter table ops.ingestion_runs add column if not exists dag_run_id text;

-- Rows of older programs have no heartbeat and may be RUNNING for ever: they are not ours to refuse.
create unique index if not exists ingestion_runs_one_running_per_job
on ops.ingestion_runs (job_type) where status = 'RUNNING' and heartbeat_at is not null;

create table if not exists ops.run_steps (
    run_id integer not null references ops.ingestion_runs (id),
    step text not null,
    finished_at timestamptz not null,
    seconds numeric(12, 3) not null,
    rows_changed bigint not null,
    detail jsonb not null default '{}',
    primary key (run_id, step)
);

create table if not exists ops.check_results (
    id bigint generated always as identity primary key,
    run_id integer references ops.ingestion_runs (id),
    check_name text not null,
    checked_at timestamptz not null,
    status text not null check (status in ('OK', 'FAILED', 'CHECK_FAILED')),
    offenders bigint,
    sample jsonb,
    error text,
    seconds numeric(12, 3) not null
);
create index if not exists check_results_latest on ops.check_results (check_name, checked_at desc);

-- Normalised drivers ---------------------------------------------------------------------------
alter table canon.drivers_index add column if not exists car_fingerprint text;
alter table canon.drivers_index add column if not exists row_version xid;
alter table canon.drivers_index add column if not exists account_group varchar;
create index if not exists drivers_index_plate_norm on canon.drivers_index (plate_norm);
create index if not exists drivers_index_account_group on canon.drivers_index (account_group);
create index if not exists drivers_index_car on canon.drivers_index (car_fingerprint, hire_date);

-- Normalised source records --------------------------------------------------------------------
create table if not exists canon.records_index (
    source_table varchar not null,
    source_pk varchar not null,
    source_row_id bigint not null,
    row_version xid not null,
    event_date date,
    recorded_at timestamptz,
    name_norm text,
    phone_norm text,
    license_norm text,
    plate_norm text,
    car_fingerprint text,
    driver_id varchar,
    scout_id integer,
    origin_tag text not null,
    payload jsonb not null,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    -- no foreign key: it would be checked for every one of a million rows, and runs are never deleted
    run_id integer not null,
    primary key (source_table, source_pk)
);
create index if not exists records_index_row on canon.records_index (source_table, source_row_id);
create index if not exists records_index_phone on canon.records_index (phone_norm) where phone_norm is not null;
create index if not exists records_index_license on canon.records_index (license_norm) where license_norm is not null;
create index if not exists records_index_plate on canon.records_index (plate_norm) where plate_norm is not null;
create index if not exists records_index_driver on canon.records_index (driver_id) where driver_id is not null;
create index if not exists records_index_car on canon.records_index (car_fingerprint, event_date)
where car_fingerprint is not null;

-- Values that too many different people carry to be evidence.
create table if not exists canon.shared_values (
    kind text not null check (kind in ('phone', 'license', 'plate')),
    value text not null,
    people integer not null,
    carriers integer not null,
    run_id integer not null references ops.ingestion_runs (id),
    primary key (kind, value)
);

-- Work in progress that must survive a crash ---------------------------------------------------- Drivers
-- that changed, values that a driver or record gave up, and values that turned hot or cold, since records
-- were last compared with them. (New values stand in the indexes, with the changed drivers and the queued
-- records.)
create table if not exists canon.dirty_keys (
    kind text not null check (kind in ('phone', 'license', 'plate', 'driver')),
    value text not null,
    cause text not null check (cause in ('driver', 'given_up', 'hot')),
    primary key (kind, value, cause)
);

-- Records to evaluate (again). A row leaves when its decision and its event are written.
create table if not exists canon.evaluation_queue (
    source_table varchar not null,
    source_pk varchar not null,
    primary key (source_table, source_pk)
);

-- Work of one run: emptied at its start, worthless after it, hence not logged.
create unlogged table if not exists canon.records_this_run (
    source_table varchar not null,
    source_pk varchar not null,
    primary key (source_table, source_pk)
);
create unlogged table if not exists canon.candidates_this_run (
    source_table varchar not null,
    source_pk varchar not null,
    rule text not null,
    -- either a driver account, or a person founded by scouting rows and the name that its founder wrote
    driver_id varchar,
    person_key uuid,
    person_name text,
    check (num_nonnulls(driver_id, person_key) = 1)
);
create unlogged table if not exists canon.name_scores_this_run (
    name_a text not null,
    name_b text not null,
    similarity real not null,
    verdict text not null check (verdict in ('VERY', 'AGREE', 'UNDECIDED', 'CONTRADICT')),
    primary key (name_a, name_b)
);
create unlogged table if not exists canon.decisions_this_run (
    source_table varchar not null,
    source_pk varchar not null,
    reason_code text,
    match_rule text,
    match_score integer,
    confidence_level public.confidencelevel,
    account_group varchar,
    driver_id varchar,
    evidence jsonb,
    candidates jsonb,
    primary key (source_table, source_pk)
);
-- Which person each decided group of accounts is; without a person_key the group holds several that no
-- machine may join.
create unlogged table if not exists canon.account_group_persons_this_run (
    account_group varchar primary key,
    persons uuid[] not null,
    person_key uuid
);
create unlogged table if not exists canon.person_merges_this_run (
    person_key uuid primary key,
    survivor_key uuid not null,
    account_group varchar not null
);

-- Links ------------------------------------------------------------------------------------------
-- The account that a record was matched with.
alter table canon.identity_links add column if not exists matched_driver_id varchar;
create index if not exists identity_links_matched_driver on canon.identity_links (matched_driver_id)
where matched_driver_id is not null;
create index if not exists identity_links_person_key on canon.identity_links (person_key);
create index if not exists identity_unmatched_open on canon.identity_unmatched (reason_code) where status = 'OPEN';

-- Links that later evidence speaks against, and records kept out by persons that only a human may join.
create table if not exists canon.identity_contested (
    source_table varchar not null,
    source_pk varchar not null,
    reason_code text not null,
    candidates jsonb not null,
    -- the account that today's evidence leads to, when it leads to one
    matched_driver_id varchar,
    since timestamptz not null,
    run_id integer not null references ops.ingestion_runs (id),
    primary key (source_table, source_pk)
);

-- Persons that turned out to be one: the survivor keeps its key, the others are remembered.
create table if not exists canon.identity_aliases (
    person_key uuid primary key,
    survivor_key uuid not null references canon.identity_registry (person_key),
    reason text not null,
    run_id integer references ops.ingestion_runs (id),
    merged_at timestamptz not null,
    moved jsonb not null,
    check (person_key <> survivor_key)
);
create index if not exists identity_aliases_survivor on canon.identity_aliases (survivor_key);
