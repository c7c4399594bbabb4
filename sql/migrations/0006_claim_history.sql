-- What changed in the claims on the partner since the last refresh, and what was paid without a claim.

-- Each row of the partner's payments as last seen in the source: what a row said that is gone.
create table if not exists canon.partner_payments (
    payment_id integer primary key,
    pay_date date,
    pay_time time,
    scout_id integer,
    driver_name varchar,
    is_paid_1 boolean not null,
    is_paid_5 boolean not null,
    is_paid_25 boolean not null,
    driver_id text,
    person_key uuid,
    seen_at timestamptz not null
);

-- NULL until the next refresh, which therefore compares every claim
alter table canon.partner_claims add column if not exists currency text;
alter table canon.partner_claims add column if not exists candidate_driver_ids text[];
alter table canon.partner_claims add column if not exists payment_keys text[];
update canon.read_model_refreshes set settings = null
where read_model = 'claims';

-- Changes of claims, as each refresh found them. Append-only.
create table if not exists ops.claim_changes (
    id bigint generated always as identity primary key,
    changed_at timestamptz not null,
    -- NULL: found after a decision of a human, between two runs
    run_id integer,
    change text not null check (change in ('APPEARED', 'CHANGED', 'DISAPPEARED')),
    reason_code text not null,
    milestone_value integer not null,
    was_person_key uuid,
    was_driver_id text,
    was_lead_date date,
    was_amount numeric(12, 2),
    was_currency text,
    was_payment_status text,
    is_person_key uuid,
    is_driver_id text,
    is_lead_date date,
    is_amount numeric(12, 2),
    is_currency text,
    is_payment_status text,
    -- payments that paid the claim before and belong to no claim after
    lost_payment_keys text[]
);
create index if not exists claim_changes_moment on ops.claim_changes (changed_at desc nulls last, id desc nulls last);
create index if not exists claim_changes_run on ops.claim_changes (run_id, id);

-- Payments whose claim was taken away, with that claim as it was.
create table if not exists canon.payments_without_claim (
    payment_key text primary key,
    -- row of the source; NULL: it is known from the ledger alone
    payment_id integer,
    pay_date date,
    driver_id text,
    person_key uuid,
    driver_name text,
    milestone_value integer not null,
    lead_date date,
    expected_amount numeric(12, 2),
    currency text,
    since timestamptz not null,
    run_id integer,
    reason_code text not null,
    -- false: the partner has taken the payment back since
    is_paid boolean not null
);
