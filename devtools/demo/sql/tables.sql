-- The truth that the pipeline is compared with: which human each row is about.
-- Grain: one row per source record, driver account, or claim of a scout.
-- May run as often as you like: it creates only what is missing.
create schema if not exists demo;

create table if not exists demo.truth_records (
    source_table text not null,
    source_pk text not null,
    human_id bigint,
    primary key (source_table, source_pk)
);

create table if not exists demo.truth_drivers (
    driver_id text primary key,
    human_id bigint not null
);

create table if not exists demo.truth_scouts (
    human_id bigint not null,
    scout_id integer not null,
    primary key (human_id, scout_id)
);
