-- A source record is recognised by what it says, not by its key alone (ADR 23).

-- When the record's row was found to be gone from its source; NULL: it is there.
alter table canon.records_index add column if not exists gone_since timestamptz;
-- canon.record_digest, with which a record is found again under another key.
alter table canon.records_index add column if not exists digest uuid;
update canon.records_index
set digest = md5(concat_ws(
    '|',
    coalesce(name_norm, ''),
    coalesce(phone_norm, ''),
    coalesce(license_norm, ''),
    coalesce(plate_norm, ''),
    coalesce(driver_id, ''),
    coalesce(event_date - date '2000-01-01', -1)
))::uuid
where digest is null and coalesce(name_norm, phone_norm, license_norm, driver_id) is not null;
create index if not exists records_index_gone
on canon.records_index (source_table, digest) where gone_since is not null;

-- What a row says since it was overwritten with another person (canon.is_other_record), until a human decides whose
-- record it is. canon.records_index keeps what it said before.
create table if not exists canon.replaced_records (
    source_table varchar not null,
    source_pk varchar not null,
    source_row_id bigint not null,
    row_version xid not null,
    digest uuid,
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
    since timestamptz not null,
    run_id integer not null,
    primary key (source_table, source_pk)
);

-- Numbers for the keys of records whose row says something else now: '17#1'.
create sequence if not exists canon.former_record_numbers;
