-- What pipeline health remembers: the latest result of each check and its history, episodes of alerts, the outbox
-- of their messages, mutes, and what Airflow said of its DAGs.

-- Checks -----------------------------------------------------------------------------------------
create table if not exists ops.check_states (
    check_name text primary key,
    subject text not null,
    cause text not null,
    severity text not null check (severity in ('OK', 'YELLOW', 'RED', 'UNKNOWN')),
    state text not null,
    value jsonb not null default '{}',
    limit_value jsonb not null default '{}',
    details jsonb not null default '{}',
    -- when this state began, as far as checks have seen it
    since timestamptz not null,
    checked_at timestamptz not null
);

-- One row per change of state; older ones than a setting are pruned.
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

-- One row per health check that looked at everything: the health of health itself.
create table if not exists ops.health_checks (
    id bigint generated always as identity primary key,
    checked_at timestamptz not null,
    severity text not null check (severity in ('OK', 'YELLOW', 'RED', 'UNKNOWN')),
    checks integer not null,
    unhealthy integer not null,
    seconds numeric(12, 3) not null,
    dag_run_id text
);
create index if not exists health_checks_moment on ops.health_checks (checked_at desc);

-- What Airflow said of a DAG when it was last asked; NULL: it could not say.
create table if not exists ops.dag_observations (
    dag_id text primary key,
    is_paused boolean,
    has_import_error boolean,
    import_error text,
    observed_at timestamptz not null
);

-- Alerts -----------------------------------------------------------------------------------------
-- An episode is one cause from its first problem to its last.
create table if not exists ops.alert_episodes (
    id bigint generated always as identity primary key,
    cause text not null,
    severity text not null check (severity in ('YELLOW', 'RED')),
    worst_severity text not null check (worst_severity in ('YELLOW', 'RED')),
    opened_at timestamptz not null,
    closed_at timestamptz,
    -- the checks that are not healthy now (when closed: at the end), by name
    problems jsonb not null,
    -- the worst severity that a message has told of each check, by name
    notified jsonb not null default '{}',
    messages integer not null default 0,
    last_message_at timestamptz,
    acknowledged_at timestamptz,
    acknowledged_by text,
    acknowledge_reason text,
    -- the DAG runs that self-healing asked for, by DAG: at most one each. {run_id, claimed_at, started_at}
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
    -- numbers the episode's messages; with the channel it is the key by which nothing is queued twice
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
    unique (episode_id, message, channel)
);
create index if not exists alert_deliveries_pending
on ops.alert_deliveries (channel, id) where status = 'PENDING';

-- Silence with a reason, an owner and an end. The target is a check or a cause.
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
