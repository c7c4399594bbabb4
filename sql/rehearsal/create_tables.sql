-- What a rehearsal remembers of two moments, `before` and `after`, and how they differ. Only in a transaction that is
-- rolled back. Leaves: rehearsed_objects, rehearsed_persons, rehearsed_links, rehearsed_unmatched, rehearsed_ledger,
-- rehearsed_claims, rehearsed_payments, rehearsed_differences. Not repeatable.
create temporary table rehearsed_objects (moment text, kind text, name text, digest text) on commit drop;

create temporary table rehearsed_persons (person_key uuid primary key) on commit drop;

create temporary table rehearsed_links (
    moment text,
    source_table text,
    source_pk text,
    person_key uuid,
    match_rule text,
    driver_id text,
    driver_name text,
    reason_code text,
    other_person uuid,
    other_driver_id text,
    other_name text
) on commit drop;

create temporary table rehearsed_unmatched (moment text, reason_code text, records bigint) on commit drop;

create temporary table rehearsed_ledger (
    moment text,
    person_key uuid,
    scout_id integer,
    attribution_rule text,
    attributed_source text,
    decision_status text
) on commit drop;

create temporary table rehearsed_claims (
    moment text,
    driver_id text,
    milestone integer,
    currency text,
    person_key uuid,
    scout_id integer,
    amount numeric,
    status text
) on commit drop;

create temporary table rehearsed_payments (
    moment text,
    person_key uuid,
    currency text,
    scout_id integer,
    amount numeric,
    status text,
    reason text
) on commit drop;

create temporary table rehearsed_differences (
    subject text not null,
    kind text not null,
    source_table text,
    source_pk text,
    name text,
    person_before uuid,
    person_after uuid,
    driver_id text,
    driver_name text,
    milestone integer,
    before text,
    after text,
    scout_before integer,
    scout_after integer,
    currency text,
    amount_before numeric,
    amount_after numeric,
    reason text
) on commit drop;
