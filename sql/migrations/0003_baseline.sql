-- Everything that Control Tower adds to the established tables: bookkeeping of runs and steps, indexes of normalised
-- records and drivers, queues, working tables of one run, audit and decisions, monitoring, read models of the pages.
-- Functions and triggers are not here: sql/functions and sql/triggers, replaced at every migrate_schema.
-- Locked first: rows that other programs write meanwhile must not escape the triggers that follow in this transaction.
lock table canon.identity_registry, observational.lead_events, observational.lead_ledger in share row exclusive mode;

-- Runs
alter table ops.ingestion_runs
add column if not exists parameters jsonb,
add column if not exists heartbeat_at timestamptz,
add column if not exists dag_id text,
add column if not exists dag_run_id text;

-- Rows of older programs have no heartbeat and may stay RUNNING for ever: they block nobody.
create unique index if not exists ingestion_runs_one_running_per_job
on ops.ingestion_runs (job_type) where status = 'RUNNING' and heartbeat_at is not null;

create index if not exists ingestion_runs_completed
on ops.ingestion_runs (job_type, completed_at desc) where status = 'COMPLETED';
create index if not exists ingestion_runs_newest on ops.ingestion_runs (job_type, started_at desc, id desc);

-- Steps that a run has finished, with rows and seconds.
create table if not exists ops.run_steps (
    run_id integer not null references ops.ingestion_runs (id),
    step text not null,
    finished_at timestamptz not null,
    seconds numeric(12, 3) not null,
    rows_changed bigint not null,
    detail jsonb not null default '{}',
    primary key (run_id, step)
);

-- Results of the checks in sql/checks, with some offenders.
create table if not exists ops.check_results (
    id bigint generated always as identity primary key,
    run_id integer references ops.ingestion_runs (id),
    check_name text not null,
    checked_at timestamptz not null,
    status text not null check (status in ('OK', 'FAILED', 'CHECK_FAILED')),
    offenders bigint,
    sample jsonb,
    error text,
    seconds numeric(12, 3) not null,
    -- CHECK_FAILED for a reason that may pass by itself, such as a lock
    is_retryable boolean not null default false
);
create index if not exists check_results_latest on ops.check_results (check_name, checked_at desc);

-- Which run wrote a link or an unmatched record is guarded by the trigger protect_runs_with_links instead (ADR 13).
do $$
declare
    reference record;
begin
    for reference in
        select
            fk.conrelid::regclass as relation,
            fk.conname as name
        from pg_catalog.pg_constraint as fk
        where
            fk.contype = 'f'
            and fk.confrelid = 'ops.ingestion_runs'::regclass
            and fk.conrelid in ('canon.identity_links'::regclass, 'canon.identity_unmatched'::regclass)
    loop
        execute format('alter table %s drop constraint %I', reference.relation, reference.name);
    end loop;
end
$$;

-- When each materialised view was last refreshed, and the writes to its tables by then.
create table if not exists ops.materialised_view_refreshes (
    view_name text primary key,
    refreshed_at timestamptz not null,
    local_day date not null,
    writes_seen text not null,
    seconds numeric(12, 3) not null,
    run_id integer references ops.ingestion_runs (id)
);

-- Normalised drivers and records
alter table canon.drivers_index
add column if not exists car_fingerprint text,
add column if not exists row_version xid,
add column if not exists account_group varchar;
create index if not exists drivers_index_plate_norm on canon.drivers_index (plate_norm);
create index if not exists drivers_index_account_group on canon.drivers_index (account_group);
create index if not exists drivers_index_car on canon.drivers_index (car_fingerprint, hire_date);

-- Source records with their normalised keys.
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
    -- no foreign key: checked for a million rows, while runs are never deleted
    run_id integer not null,
    primary key (source_table, source_pk)
);
create index if not exists records_index_phone on canon.records_index (phone_norm) where phone_norm is not null;
create index if not exists records_index_license on canon.records_index (license_norm) where license_norm is not null;
create index if not exists records_index_plate on canon.records_index (plate_norm) where plate_norm is not null;
create index if not exists records_index_driver on canon.records_index (driver_id) where driver_id is not null;
create index if not exists records_index_car on canon.records_index (car_fingerprint, event_date)
where car_fingerprint is not null;

-- Digests of the chunks of each source as last read, so that a run compares rows only where a chunk differs.
-- Unlogged: when it is lost, every row is compared once more. is_read: all rows of the chunk are in the index.
create unlogged table canon.source_chunk_digests (
    source_table varchar not null,
    chunk bigint not null,
    row_count bigint not null,
    digest bigint not null,
    is_read boolean not null,
    primary key (source_table, chunk)
);

-- Phones, licences and plates that more people carry than the setting allows: no evidence alone.
create table if not exists canon.shared_values (
    kind text not null check (kind in ('phone', 'license', 'plate')),
    value text not null,
    people integer not null,
    carriers integer not null,
    run_id integer not null references ops.ingestion_runs (id),
    primary key (kind, value)
);

-- Queues

-- Drivers that changed, keys that a driver or record gave up, and values that became or stopped being shared, since
-- records were last compared with them. New keys are found in the indexes.
create table if not exists canon.dirty_keys (
    kind text not null check (kind in ('phone', 'license', 'plate', 'driver')),
    value text not null,
    cause text not null check (cause in ('driver', 'given_up', 'shared')),
    primary key (kind, value, cause)
);

-- Records to evaluate (again), until their decision and their event are written.
create table if not exists canon.evaluation_queue (
    source_table varchar not null,
    source_pk varchar not null,
    primary key (source_table, source_pk)
);

-- Phones and licences that lost evidence (a link, a former value or name, a shared value) since the last person
-- backfill.
create table if not exists canon.person_backfill_queue (
    id bigint generated always as identity primary key,
    kind text not null check (kind in ('phone', 'license')),
    value text not null
);

-- Persons whose events changed since their ledger row was derived.
create table if not exists canon.attribution_queue (
    person_key uuid primary key
);

insert into canon.attribution_queue (person_key)
select distinct event.person_key
from observational.lead_events as event
where event.person_key is not null
on conflict do nothing;

-- Persons whose payment is to be derived again.
create table if not exists canon.payment_queue (
    person_key uuid primary key
);

-- Working tables of one run, emptied at its start and read whole: unlogged, without keys that nothing looks up.

-- The run that the working tables belong to.
create unlogged table if not exists canon.batch_this_run (
    run_id integer primary key,
    started_at timestamptz not null
);

-- Records that the run evaluates.
create unlogged table if not exists canon.records_this_run (
    source_table varchar not null,
    source_pk varchar not null
);

-- Candidates of records, one row per rule that led to them.
create unlogged table if not exists canon.candidates_this_run (
    source_table varchar not null,
    source_pk varchar not null,
    rule text not null,
    -- either a driver account, or a person created for scouting rows
    driver_id varchar,
    person_key uuid,
    -- what the candidate is judged by, so that no step looks it up again
    driver_name text,
    account_group varchar,
    park_id varchar,
    record_name text,
    check (num_nonnulls(driver_id, person_key) = 1)
);
-- Similarity and verdict of each compared pair of names.
create unlogged table if not exists canon.name_scores_this_run (
    name_a text not null,
    name_b text not null,
    similarity real not null,
    verdict text not null check (verdict in ('VERY', 'AGREE', 'UNDECIDED', 'CONTRADICT'))
);
-- The decision on each record: a driver account by a rule, or a reason.
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
    candidates jsonb
);
-- The person of each decided group of accounts; NULL: the group holds several persons that no machine may merge.
create unlogged table if not exists canon.account_group_persons_this_run (
    account_group varchar not null,
    persons uuid[] not null,
    person_key uuid
);

-- Persons that the run merges, with their survivors.
create unlogged table if not exists canon.person_merges_this_run (
    person_key uuid primary key,
    survivor_key uuid not null,
    account_group varchar not null
);

-- Links
-- The account that a record was matched with.
alter table canon.identity_links add column if not exists matched_driver_id varchar;
create index if not exists identity_links_matched_driver on canon.identity_links (matched_driver_id)
where matched_driver_id is not null;
create index if not exists identity_links_person_key on canon.identity_links (person_key);

-- Links that later evidence contradicts, and records that wait for a human to merge two persons.
create table if not exists canon.identity_contested (
    source_table varchar not null,
    source_pk varchar not null,
    reason_code text not null,
    candidates jsonb not null,
    -- the account that today's evidence leads to, if it is one
    matched_driver_id varchar,
    since timestamptz not null,
    run_id integer not null references ops.ingestion_runs (id),
    primary key (source_table, source_pk)
);

-- Merged persons: the survivor keeps its key.
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

-- The date of the unmatched record; NULL: it has none, or was not read yet.
alter table canon.identity_unmatched add column if not exists event_date date;
create index if not exists identity_unmatched_by_age
on canon.identity_unmatched (status, created_at desc nulls last, source_table, source_pk);
create index if not exists identity_unmatched_by_date
on canon.identity_unmatched (status, event_date desc nulls last, source_table, source_pk);
create index if not exists identity_unmatched_by_reason
on canon.identity_unmatched (status, reason_code, source_table, source_pk);

-- The ledger, with a summary of the person's events as of when the row was derived: all NULL if it was not derived from
-- events. The summary of a person in canon.attribution_queue is read from the events instead.
alter table observational.lead_ledger
add column if not exists event_scouts integer,
-- since when several scouts claim the person; NULL: they do not, or an older program found the conflict
add column if not exists conflict_since timestamptz,
add column if not exists event_count integer,
add column if not exists first_event_date date,
add column if not exists last_event_date date,
-- a claim is an event with a scout; the first by its day, then by id
add column if not exists first_claim_id integer,
add column if not exists first_claim_date date,
add column if not exists last_claim_date date,
add column if not exists event_scout_ids integer[],
add column if not exists has_scouting_claim boolean,
add column if not exists has_lead_claim boolean;

create index if not exists lead_events_scouts
on observational.lead_events (person_key, scout_id) where scout_id is not null;

-- The backlog, one index per order and per category (canon.persons_without_scout).
create index if not exists lead_ledger_backlog_person
on observational.lead_ledger (person_key) where attributed_scout_id is null;
create index if not exists lead_ledger_backlog_category
on observational.lead_ledger (
    (case when event_scouts > 0 then 'D' when event_scouts = 0 then 'A' else 'C' end), person_key
) where attributed_scout_id is null;
create index if not exists lead_ledger_backlog_events
on observational.lead_ledger ((coalesce(event_count, 0)::bigint), person_key) where attributed_scout_id is null;
create index if not exists lead_ledger_backlog_category_events
on observational.lead_ledger (
    (case when event_scouts > 0 then 'D' when event_scouts = 0 then 'A' else 'C' end),
    (coalesce(event_count, 0)::bigint), person_key
) where attributed_scout_id is null;
create index if not exists lead_ledger_backlog_first
on observational.lead_ledger (first_event_date, person_key) where attributed_scout_id is null;
create index if not exists lead_ledger_backlog_category_first
on observational.lead_ledger (
    (case when event_scouts > 0 then 'D' when event_scouts = 0 then 'A' else 'C' end), first_event_date, person_key
) where attributed_scout_id is null;
create index if not exists lead_ledger_backlog_last
on observational.lead_ledger (last_event_date, person_key) where attributed_scout_id is null;
create index if not exists lead_ledger_backlog_category_last
on observational.lead_ledger (
    (case when event_scouts > 0 then 'D' when event_scouts = 0 then 'A' else 'C' end), last_event_date, person_key
) where attributed_scout_id is null;
create index if not exists lead_ledger_backlog_scout
on observational.lead_ledger ((case when event_scouts = 1 then event_scout_ids[1] end), person_key)
where (case when event_scouts = 1 then event_scout_ids[1] end) is not null and attributed_scout_id is null;

-- Open conflicts, one index per order (ops.v_scout_attribution_conflicts).
create index if not exists lead_ledger_conflicts
on observational.lead_ledger (person_key) where decision_status = 'conflict';
create index if not exists lead_ledger_conflicts_by_age
on observational.lead_ledger (coalesce(conflict_since, updated_at), person_key) where decision_status = 'conflict';
create index if not exists lead_ledger_conflicts_scouts
on observational.lead_ledger (
    (
        coalesce(cardinality(event_scout_ids), 0)::bigint
        + case when attributed_scout_id <> all(coalesce(event_scout_ids, '{}')) then 1 else 0 end
    ), person_key
) where decision_status = 'conflict';
create index if not exists lead_ledger_conflicts_first
on observational.lead_ledger (first_claim_date, person_key) where decision_status = 'conflict';
create index if not exists lead_ledger_conflicts_last
on observational.lead_ledger (last_claim_date, person_key) where decision_status = 'conflict';
-- Who claims a person in conflict: the scouts of its events and that of the ledger.
create index if not exists lead_ledger_conflicts_claimants
on observational.lead_ledger using gin (array_append(event_scout_ids, attributed_scout_id))
where decision_status = 'conflict';

-- Persons without a ledger row. The backlog's constant columns are index expressions: the planner merges them with the
-- ledger's rows in order.
create table if not exists canon.persons_without_ledger (
    person_key uuid primary key
);
create index if not exists persons_without_ledger_category
on canon.persons_without_ledger (('C'::text), person_key);
create index if not exists persons_without_ledger_events
on canon.persons_without_ledger ((0::bigint), person_key);
create index if not exists persons_without_ledger_dates
on canon.persons_without_ledger ((null::date), person_key);

-- Counts of persons by state. Each statement that changes a count appends a row with the difference in its own
-- transaction; the sum is exact at any moment without lock contention. The refresh folds the rows into one.
create table if not exists canon.attribution_counts (
    id bigint generated always as identity primary key,
    persons bigint not null default 0,
    -- of the ledger: rows with a scout; in conflict; without a scout and with (d) or without (a) scouts in the events
    satisfactory bigint not null default 0,
    conflicts bigint not null default 0,
    d_events bigint not null default 0,
    a_events bigint not null default 0,
    scouting_claims bigint not null default 0,
    lead_claims bigint not null default 0
);

insert into canon.persons_without_ledger (person_key)
select person.person_key
from canon.identity_registry as person
where not exists (select 1 from observational.lead_ledger as row where row.person_key = person.person_key)
on conflict do nothing;

insert into canon.attribution_counts (
    persons, satisfactory, conflicts, d_events, a_events, scouting_claims, lead_claims
)
select
    (select count(*) from canon.identity_registry),
    count(ledger.attributed_scout_id),
    count(*) filter (where ledger.decision_status = 'conflict'),
    count(*) filter (where ledger.attributed_scout_id is null and ledger.event_scouts > 0),
    count(*) filter (where ledger.attributed_scout_id is null and ledger.event_scouts = 0),
    count(*) filter (where ledger.has_scouting_claim),
    count(*) filter (where ledger.has_lead_claim)
from observational.lead_ledger as ledger
having count(*) > 0 or exists (select 1 from canon.identity_registry); -- an empty database has nothing to count

-- The figures of attribution at each day's last run.
create table if not exists ops.scout_attribution_daily (
    metric_date date primary key,
    total_persons bigint not null,
    satisfactory_count bigint not null,
    missing_count bigint not null,
    conflicts_count bigint not null,
    by_source_scouting_daily bigint not null,
    by_source_cabinet_leads bigint not null,
    by_source_lead_ledger bigint not null,
    computed_at timestamptz not null,
    run_id integer references ops.ingestion_runs (id)
);

-- Audit

-- One row per change of state of a run.
create table if not exists ops.job_runs_audit (
    id bigint generated always as identity primary key,
    run_id integer not null,
    job_type text,
    status_old text,
    status_new text not null,
    error_message text,
    dag_id text,
    dag_run_id text,
    changed_by text not null default session_user,
    changed_at timestamptz not null default clock_timestamp()
);
create index if not exists job_runs_audit_run on ops.job_runs_audit (run_id);

-- The audit rows of each run under one hash, chained to the link before. Parts: `backfills` and `states` seal the
-- rows of run_id, `decisions` seals rows by their ids: covers = {"table": [after id, up to id]}.
create table if not exists ops.audit_chain (
    position bigint generated always as identity primary key,
    run_id integer not null,
    part text not null,
    audit_rows bigint not null,
    previous_hash bytea not null,
    hash bytea not null,
    sealed_at timestamptz not null default clock_timestamp(),
    covers jsonb,
    unique (run_id, part),
    check (part in ('backfills', 'states', 'decisions') and (part = 'decisions') = (covers is not null))
);

-- Verifications of the audit chain, and up to which link.
create table if not exists ops.audit_verifications (
    id bigint generated always as identity primary key,
    run_id integer not null references ops.ingestion_runs (id),
    -- every link up to this one has been compared with its rows, by this verification or an earlier one
    up_to_position bigint not null,
    -- this one compared all of them
    is_full boolean not null,
    verified_at timestamptz not null
);

create index if not exists lead_ledger_audit_run on ops.lead_ledger_scout_backfill_audit (ingestion_run_id, person_key);
create index if not exists identity_links_backfill_audit_latest
on ops.identity_links_backfill_audit (source_table, source_pk, id desc);
create index if not exists lead_events_scout_backfill_audit_latest
on ops.lead_events_scout_backfill_audit (source_table, source_pk, id desc);

-- Human decisions: one row per row that a decision changed.
create table if not exists ops.human_decisions (
    id bigint generated always as identity primary key,
    kind text not null
    check (kind in ('resolve_scout_conflict', 'resolve_unmatched_lead', 'revert_backfill')),
    person_key uuid,
    source_table text,
    source_pk text,
    reverted_run_id integer,
    before jsonb,
    after jsonb,
    reason text not null check (reason ~ '\S'),
    decided_by text not null check (decided_by ~ '\S'),
    decided_at timestamptz not null,
    dag_run_id text
);
create index if not exists human_decisions_person on ops.human_decisions (person_key);
create index if not exists human_decisions_record on ops.human_decisions (source_table, source_pk);
create index if not exists human_decisions_reverted_run on ops.human_decisions (reverted_run_id)
where reverted_run_id is not null;
create index if not exists human_decisions_dag_run on ops.human_decisions (dag_run_id) where dag_run_id is not null;

-- Who saw personal data on the web: one row per person page, search and export.
create table if not exists ops.personal_data_access (
    id bigint generated always as identity primary key,
    action text not null check (action in ('person', 'search', 'export')),
    -- NULL for a search or an export
    person_key uuid,
    -- the kind of value searched by, never the value; or the name of the exported list
    subject text,
    -- false: phones, licences and names were masked
    is_unmasked boolean not null,
    seen_by text not null check (seen_by ~ '\S'),
    seen_at timestamptz not null default clock_timestamp()
);
create index if not exists personal_data_access_person on ops.personal_data_access (person_key, seen_at desc)
where person_key is not null;
create index if not exists personal_data_access_time on ops.personal_data_access (seen_at);

-- Monitoring

-- The latest state of each check.
create table if not exists ops.check_states (
    check_name text primary key,
    subject text not null,
    cause text not null,
    severity text not null check (severity in ('OK', 'YELLOW', 'RED', 'UNKNOWN')),
    state text not null,
    value jsonb not null default '{}',
    limit_value jsonb not null default '{}',
    details jsonb not null default '{}',
    -- when this state was first seen
    since timestamptz not null,
    checked_at timestamptz not null
);

-- One row per change of state, pruned after a setting.
create table if not exists ops.check_state_changes (
    id bigint generated always as identity primary key,
    check_name text not null,
    severity_old text,
    state_old text,
    severity_new text not null,
    state_new text not null,
    value jsonb not null,
    changed_at timestamptz not null
);
create index if not exists check_state_changes_of_check on ops.check_state_changes (check_name, changed_at desc);
create index if not exists check_state_changes_age on ops.check_state_changes (changed_at);

-- One row per complete health check. notified_at: when its results became alerts; until then a gap before it is not
-- reported.
create table if not exists ops.health_checks (
    id bigint generated always as identity primary key,
    checked_at timestamptz not null,
    severity text not null check (severity in ('OK', 'YELLOW', 'RED', 'UNKNOWN')),
    checks integer not null,
    unhealthy integer not null,
    seconds numeric(12, 3) not null,
    dag_run_id text,
    notified_at timestamptz
);
create index if not exists health_checks_moment on ops.health_checks (checked_at desc);

-- What Airflow's API said of a DAG; NULL: unknown.
create table if not exists ops.dag_observations (
    dag_id text primary key,
    is_paused boolean,
    has_import_error boolean,
    import_error text,
    observed_at timestamptz not null
);

-- Alerts

-- Episodes of alerts: one cause from its first problem to its last.
create table if not exists ops.alert_episodes (
    id bigint generated always as identity primary key,
    cause text not null,
    severity text not null check (severity in ('YELLOW', 'RED')),
    worst_severity text not null check (worst_severity in ('YELLOW', 'RED')),
    opened_at timestamptz not null,
    closed_at timestamptz,
    -- unhealthy checks by name, now or at the end
    problems jsonb not null,
    -- by check name: the worst severity and the states that messages have told
    notified jsonb not null default '{}',
    notified_states jsonb not null default '{}',
    messages integer not null default 0,
    last_message_at timestamptz,
    acknowledged_at timestamptz,
    acknowledged_by text,
    acknowledge_reason text,
    -- DAG runs started by self-healing, at most one per DAG: {run_id, claimed_at, started_at}
    heals jsonb not null default '{}',
    check (closed_at >= opened_at),
    check ((acknowledged_at is null) = (acknowledged_by is null))
);
create unique index if not exists alert_episodes_one_open_per_cause
on ops.alert_episodes (cause) where closed_at is null;
create index if not exists alert_episodes_newest on ops.alert_episodes (opened_at desc);

-- The outbox: a message is queued in the transaction that changes its episode, and sent afterwards.
create table if not exists ops.alert_deliveries (
    id bigint generated always as identity primary key,
    episode_id bigint not null references ops.alert_episodes (id) on delete cascade,
    -- number of the message in its episode; with the channel it prevents a second delivery
    message integer not null,
    channel text not null check (channel in ('mail', 'slack')),
    kind text not null check (kind in ('OPENED', 'ESCALATED', 'EXTENDED', 'REPEATED', 'CLOSED')),
    message_id text not null,
    facts jsonb not null,
    status text not null default 'PENDING' check (status in ('PENDING', 'SENT', 'GIVEN_UP')),
    queued_at timestamptz not null,
    attempts integer not null default 0,
    last_attempt_at timestamptz,
    next_attempt_at timestamptz not null,
    last_error text,
    sent_at timestamptz,
    -- those still to be reached, where a mail server refused some
    recipients text[] check (cardinality(recipients) > 0),
    unique (episode_id, message, channel)
);
create index if not exists alert_deliveries_pending
on ops.alert_deliveries (channel, id) where status = 'PENDING';

-- Mutes of a check or a cause, with reason, owner and end.
create table if not exists ops.alert_mutes (
    id bigint generated always as identity primary key,
    target text not null,
    reason text not null check (reason ~ '\S'),
    muted_by text not null check (muted_by ~ '\S'),
    muted_at timestamptz not null,
    muted_until timestamptz not null,
    ended_at timestamptz,
    ended_by text,
    check (muted_until > muted_at)
);
create index if not exists alert_mutes_in_force on ops.alert_mutes (target, muted_until) where ended_at is null;

-- Limits of the health views, one row written from CONTROL_TOWER_* by migrate_schema and each health run: a view
-- answers while Airflow is down and knows no environment.
create table if not exists ops.health_settings (
    is_only boolean primary key default true check (is_only),
    timezone text not null default 'America/Lima',
    stuck_after_minutes integer not null default 120 check (stuck_after_minutes > 0),
    no_new_data_days integer not null default 3 check (no_new_data_days > 0),
    -- expected hours between two loads by source_name, where not the catalogue's; 0: not watched
    source_cadence_hours jsonb not null default '{}',
    source_grace_hours integer not null default 3 check (source_grace_hours between 0 and 18),
    -- sources up to this size are counted at each read
    live_count_bytes bigint not null default 2097152
);
insert into ops.health_settings (is_only) values (true) on conflict do nothing;

-- When each source was last counted, with the server's counters of its table just before: unchanged counters mean that
-- nothing was written since. had_rows: it once had rows.
create table if not exists ops.source_counts (
    source_name text primary key,
    had_rows boolean not null,
    counted_at timestamptz not null,
    -- NULL from here on: small, or no plain table, and counted at each read.
    -- identity changes when counted rows may have changed or been deleted: count anew
    identity text,
    rows_inserted bigint,
    table_bytes bigint,
    -- oldest open transaction then: rows of later ones are counted again
    horizon xid8
);

-- Rows per source and day: by business date, by local day of arrival, or with an unreadable business date (`rubbish`).
create table if not exists ops.source_days (
    source_name text not null,
    metric_type text not null check (metric_type in ('business', 'ingestion', 'rubbish')),
    day date,
    is_settled boolean not null,
    rows_count bigint not null,
    last_at timestamptz,
    unique nulls not distinct (source_name, metric_type, day, is_settled)
);

-- Read models of the money pages

-- ops.v_scout_payment_base as of the last refresh, shown by ops.v_scout_liquidation.
create table if not exists canon.scout_payments (
    person_key uuid primary key,
    driver_id text,
    scout_id integer,
    origin_tag text,
    source_table text,
    source_pk text,
    attribution_date date,
    milestone_reached integer not null,
    milestone_date date,
    eligible_7d boolean not null,
    amount_payable numeric(10, 2) not null,
    payment_status text not null,
    block_reason text,
    lead_date date,
    payable_date date,
    currency text
);
create index if not exists scout_payments_attributed
on canon.scout_payments (attribution_date desc nulls last, person_key);
create index if not exists scout_payments_lead on canon.scout_payments (lead_date desc nulls last, person_key);
create index if not exists scout_payments_amount on canon.scout_payments (amount_payable desc nulls last, person_key);
create index if not exists scout_payments_scout on canon.scout_payments (scout_id, person_key);
create index if not exists scout_payments_status on canon.scout_payments (payment_status, person_key);
create index if not exists scout_payments_status_lead
on canon.scout_payments (payment_status, lead_date desc nulls last, person_key);
create index if not exists scout_payments_blocked on canon.scout_payments (block_reason, person_key)
where block_reason is not null;
create index if not exists scout_payments_milestone on canon.scout_payments (milestone_reached, person_key)
where milestone_reached > 0;
-- The filter columns depend on each other.
create statistics if not exists canon.scout_payments_filters (mcv)
on payment_status, block_reason, milestone_reached, origin_tag from canon.scout_payments;

-- Persons and amounts of each combination of the liquidation's filters.
create table if not exists canon.scout_payment_totals (
    scout_id integer,
    payment_status text not null,
    block_reason text,
    milestone_reached integer not null,
    origin_tag text,
    currency text,
    persons bigint not null,
    amount numeric not null
);

-- ops.v_yango_collection_with_scout as of the last refresh, shown by ops.v_yango_collection_list, which adds the age.
create table if not exists canon.partner_claims (
    driver_id varchar,
    person_key uuid,
    driver_name varchar,
    milestone_value integer,
    lead_date date,
    expected_amount numeric(12, 2),
    yango_due_date timestamp,
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
    scout_name varchar,
    scout_name_normalized varchar,
    scout_is_active boolean,
    scout_quality_bucket text not null,
    is_scout_resolved boolean not null,
    scout_source_table text,
    scout_attribution_date date,
    scout_priority integer,
    is_conflict boolean not null
);
create index if not exists partner_claims_key on canon.partner_claims (driver_id, milestone_value);
create index if not exists partner_claims_person on canon.partner_claims (person_key);
create index if not exists partner_claims_lead
on canon.partner_claims (lead_date desc nulls last, milestone_value desc nulls last, driver_id);
create index if not exists partner_claims_due on canon.partner_claims (yango_due_date, driver_id, milestone_value);
create index if not exists partner_claims_amount
on canon.partner_claims (expected_amount desc nulls last, driver_id, milestone_value);
create index if not exists partner_claims_scout on canon.partner_claims (scout_id, driver_id, milestone_value);
create index if not exists partner_claims_status on canon.partner_claims (yango_payment_status);
create index if not exists partner_claims_conflict on canon.partner_claims (lead_date desc nulls last)
where is_conflict;

-- Of which moment each read model is, and up to where changes were read.
create table if not exists canon.read_model_refreshes (
    read_model text primary key check (read_model in ('payments', 'claims')),
    refreshed_at timestamptz not null,
    run_id integer,
    -- payment rules in force and time zone: a change derives everything again
    settings text,
    -- the server's counters of the table of trips before it was read, and the oldest open transaction then
    trips_identity text,
    trips_seen text,
    trips_horizon xid8,
    -- oldest open transaction when the other tables were read
    horizon xid8
);
