-- Evidence on one scale: versions of weights and frequencies, and the probability of each link.
-- How sure a link is: the probability that record and person belong together, and the version of the weights that said
-- so. NULL: a human's link, or one made before probabilities were kept.
alter table canon.identity_links add column if not exists match_probability double precision;
alter table canon.identity_links add column if not exists weights_version integer;
-- That of the likeliest candidate: the queue for humans begins with it.
alter table canon.identity_unmatched add column if not exists match_probability double precision;
create index if not exists identity_unmatched_likeliest
on canon.identity_unmatched (status, match_probability desc nulls last, source_table, source_pk);

-- The number of the identity document inside a licence: a weaker key than the licence.
alter table canon.drivers_index add column if not exists license_number text;
create index if not exists drivers_index_license_number on canon.drivers_index (license_number)
where license_number is not null;
alter table canon.records_index add column if not exists license_number text;
create index if not exists records_index_license_number on canon.records_index (license_number)
where license_number is not null;

-- Versions of the weights. Version 0 is what is shipped. Of the others, `people` and the frequencies were counted by
-- the run `run_id` (people NULL: too few to count), which evaluates every record (`is_queued`: it has queued them);
-- until then a version waits. `weights`: m and u per comparison and level where they differ from what is shipped.
create table if not exists canon.weights_versions (
    version integer generated always as identity primary key,
    weights jsonb not null default '{}',
    people integer,
    run_id integer,
    is_queued boolean not null default false,
    created_at timestamptz not null default now(),
    created_by text,
    reason text
);

-- How many people have a word in their names, a car or a park, and how many were hired around a day (value '': around a
-- usual day), as of the newest counted version.
create table if not exists canon.value_frequencies (
    kind text not null check (kind in ('word', 'car', 'hired_close', 'hired_near', 'park')),
    value text not null,
    people integer not null,
    primary key (kind, value)
);

-- The decision to estimate the weights of evidence, or to return to those that are shipped.
alter table ops.human_decisions drop constraint if exists human_decisions_kind_check;
alter table ops.human_decisions add constraint human_decisions_kind_check check (
    kind in (
        'resolve_scout_conflict', 'resolve_unmatched_lead', 'revert_backfill', 'split_merged_person',
        'close_liquidation_period', 'estimate_weights'
    )
);

-- A changed driver's former name and hire date are dirty as well: records were found by them.
alter table canon.dirty_keys drop constraint if exists dirty_keys_kind_check;
alter table canon.dirty_keys add constraint dirty_keys_kind_check check (
    kind in ('phone', 'license', 'plate', 'driver', 'name')
);

-- Working tables of one run.
drop view if exists canon.rule_evidence;
drop view if exists canon.replaced_record_candidates;
drop view if exists canon.match_rules;
-- the scouting row that a person without a driver account was made for
alter table canon.candidates_this_run add column if not exists person_record varchar;
-- what the two names weigh if both are one person's, and if they are two relatives'
alter table canon.name_scores_this_run add column if not exists bits real not null default 0;
alter table canon.name_scores_this_run add column if not exists household_bits real not null default 0;
alter table canon.decisions_this_run add column if not exists match_probability double precision;

-- One row per record and candidate person, with everything that speaks for and against it, in bits.
create unlogged table if not exists canon.weighed_candidates_this_run (
    source_table varchar not null,
    source_pk varchar not null,
    account_group varchar not null,
    driver_id varchar,
    person_key uuid,
    park_id varchar,
    is_in_target_park boolean not null,
    rule_position integer not null,
    record_name text,
    driver_name text,
    similarity real,
    names text,
    driver_level text,
    driver_bits real not null,
    phone_level text,
    phone_people integer,
    phone_bits real not null,
    license_level text,
    license_people integer,
    license_bits real not null,
    plate_level text,
    plate_people integer,
    plate_bits real not null,
    car_level text,
    car_bits real not null,
    name_bits real not null,
    hired_level text,
    hired_bits real not null,
    park_bits real not null,
    household_bits real not null,
    prior_bits real not null,
    bits double precision not null,
    probability double precision not null,
    -- enough for its kind of evidence, were it the only candidate; and with the others
    is_enough_alone boolean not null,
    is_enough boolean not null
);
