-- What the health views need to answer at any moment, cheaply, while Airflow is down: the limits that are settings,
-- and how many rows each large source had per day when it was last counted.

-- Limits: one row, written by migrate_schema and by each health run from CONTROL_TOWER_*; see the README.
create table if not exists ops.health_settings (
    is_only boolean primary key default true check (is_only),
    timezone text not null default 'America/Lima',
    stuck_after_minutes integer not null default 120 check (stuck_after_minutes > 0),
    no_new_data_days integer not null default 3 check (no_new_data_days > 0),
    -- hours between two loads, by source_name, where they are not those of the catalogue; 0: the source is not watched
    source_cadence_hours jsonb not null default '{}',
    source_grace_hours integer not null default 3 check (source_grace_hours between 0 and 18),
    -- a source no larger than this is counted whenever somebody asks, which is exact to the moment
    live_count_bytes bigint not null default 2097152
);
insert into ops.health_settings (is_only) values (true) on conflict do nothing;

-- When each source was last counted, and what the server said of its table just before. As long as it says the same,
-- nothing was written to it since. `had_rows`: it is known to have had rows once.
create table if not exists ops.source_counts (
    source_name text primary key,
    had_rows boolean not null,
    counted_at timestamptz not null,
    -- NULL from here on: it is small, or no plain table, and always counted when somebody asks.
    -- `identity` changes whenever rows that were counted may have changed or gone: count anew.
    identity text,
    rows_inserted bigint,
    table_bytes bigint,
    -- The oldest transaction that was open then: rows of older ones are settled, the others are counted again.
    horizon xid8
);

-- Rows per source and day, by the day that they are about, by the local day on which they came, and without a day.
-- metric_type `rubbish`: their business date is written but is none.
create table if not exists ops.source_days (
    source_name text not null,
    metric_type text not null check (metric_type in ('business', 'ingestion', 'rubbish')),
    day date,
    is_settled boolean not null,
    rows_count bigint not null,
    last_at timestamptz,
    unique nulls not distinct (source_name, metric_type, day, is_settled)
);

create index if not exists ingestion_runs_completed
on ops.ingestion_runs (job_type, completed_at desc) where status = 'COMPLETED';
create index if not exists ingestion_runs_newest on ops.ingestion_runs (job_type, started_at desc, id desc);
