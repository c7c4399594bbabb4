-- The claims on the partner and the first 14 days of cabinet drivers as tables that each run brings up to date by what
-- changed; ops.mv_yango_cabinet_claims_for_collection and ops.mv_cabinet_financial_14d show them.

-- ops.v_yango_cabinet_claims_for_collection as of the last run, without its columns that depend on today.
create table if not exists canon.cabinet_claims (
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
    currency text,
    candidate_driver_ids text[],
    payment_keys text[]
);
create unique index if not exists cabinet_claims_key
on canon.cabinet_claims (driver_id, milestone_value, currency) nulls not distinct;
create index if not exists cabinet_claims_person on canon.cabinet_claims (person_key);
create index if not exists cabinet_claims_status on canon.cabinet_claims (yango_payment_status);
create index if not exists cabinet_claims_reconcilable on canon.cabinet_claims (is_reconcilable_enriched)
where is_reconcilable_enriched;
create index if not exists cabinet_claims_amount on canon.cabinet_claims (expected_amount desc);
create index if not exists cabinet_claims_lead on canon.cabinet_claims (lead_date desc, milestone_value desc);

-- ops.v_cabinet_financial_14d as of the last run.
create table if not exists canon.cabinet_financials (
    driver_id varchar,
    lead_date date,
    driver_name varchar,
    iso_week text,
    week_start date,
    connected_flag boolean,
    connected_date date,
    total_trips_14d bigint,
    reached_m1_14d boolean,
    reached_m5_14d boolean,
    reached_m25_14d boolean,
    expected_amount_m1 numeric(12, 2),
    expected_amount_m5 numeric(12, 2),
    expected_amount_m25 numeric(12, 2),
    expected_total_yango numeric(12, 2),
    claim_m1_exists boolean,
    claim_m1_paid boolean,
    claim_m5_exists boolean,
    claim_m5_paid boolean,
    claim_m25_exists boolean,
    claim_m25_paid boolean,
    paid_amount_m1 numeric,
    paid_amount_m5 numeric,
    paid_amount_m25 numeric,
    total_paid_yango numeric,
    amount_due_yango numeric,
    currency text,
    person_key uuid
);
create unique index if not exists cabinet_financials_key
on canon.cabinet_financials (driver_id, currency) nulls not distinct;
create index if not exists cabinet_financials_person on canon.cabinet_financials (person_key);
create index if not exists cabinet_financials_lead_date on canon.cabinet_financials (lead_date);
create index if not exists cabinet_financials_due on canon.cabinet_financials (amount_due_yango desc)
where amount_due_yango > 0;
create index if not exists cabinet_financials_expected on canon.cabinet_financials (expected_total_yango desc)
where expected_total_yango > 0;

-- The paid payments of ops.v_yango_payments_ledger_latest as of the last run. name_key: the name that a payment gives
-- which names no driver in another way.
create table if not exists canon.paid_payments (
    payment_key text not null,
    milestone_value integer,
    pay_date date,
    driver_id text,
    person_key uuid,
    match_rule text,
    match_confidence text,
    driver_name_normalized text,
    name_key text
);
create index if not exists paid_payments_key on canon.paid_payments (payment_key);
create index if not exists paid_payments_driver on canon.paid_payments (driver_id) where driver_id is not null;
create index if not exists paid_payments_person on canon.paid_payments (person_key) where person_key is not null;
create index if not exists paid_payments_name on canon.paid_payments (name_key) where name_key is not null;

-- The driver accounts of each name by which a payment names its driver: canon.paid_payments.name_key.
create table if not exists canon.payment_names (
    name_key text not null,
    driver_id text not null
);
create index if not exists payment_names_key on canon.payment_names (name_key);
create index if not exists payment_names_driver on canon.payment_names (driver_id);

-- Whose claims must be derived again: persons and driver accounts. No key, so that writers never wait for each other; a
-- refresh deletes what it saw, and only then reads the tables.
create table if not exists canon.cabinet_claims_queue (
    kind text not null check (kind in ('person', 'driver')),
    value text not null
);

-- Persons whose claims or scouts changed since canon.partner_claims was compared with them.
create table if not exists canon.partner_claims_queue (
    person_key uuid not null
);

alter table canon.read_model_refreshes drop constraint if exists read_model_refreshes_read_model_check;
alter table canon.read_model_refreshes add constraint read_model_refreshes_read_model_check
check (read_model in ('payments', 'claims', 'cabinet_claims'));
-- the server's counters of what tells the partner's payments, from before they were read
alter table canon.read_model_refreshes add column if not exists payments_seen text;
-- the list of claims was compared with what is no longer a materialised view
update canon.read_model_refreshes set settings = null
where read_model = 'claims';

-- What was written since the invariants were last checked: records and driver accounts (source_table, source_pk) and
-- persons. No key, so that writers never wait for each other.
create table if not exists canon.check_queue (
    id bigint generated always as identity primary key,
    source_table text,
    source_pk text,
    person_key uuid
);

-- Whether all rows were checked, or those of canon.check_queue.
alter table ops.check_results add column if not exists is_full boolean not null default true;
create index if not exists check_results_full on ops.check_results (check_name, checked_at desc) where is_full;

-- What our materialised views held, until the next run derives it.
do $$
declare
    is_ours constant text := 'select exists (
        select 1 from pg_class as view
        where
            view.oid = to_regclass($1) and view.relkind = ''m'' and view.relispopulated
            and strpos(obj_description(view.oid, ''pg_class''), ''Control Tower created this'') > 0
    )';
    is_found boolean;
begin
    execute is_ours into is_found using 'ops.mv_yango_cabinet_claims_for_collection';
    if is_found then
        execute $copy$
            insert into canon.cabinet_claims
            select
                claim.driver_id, claim.person_key, claim.driver_name, claim.milestone_value, claim.lead_date,
                claim.expected_amount, claim.yango_due_date, claim.yango_payment_status, claim.payment_key,
                claim.pay_date, claim.reason_code, claim.match_rule, claim.match_confidence, claim.identity_status,
                claim.suggested_driver_id, claim.is_reconcilable_enriched,
                coalesce(claim.currency, ops.default_currency()::text), claim.candidate_driver_ids, claim.payment_keys
            from (values (null::text, null::text[], null::text[]))
                as absent (currency, candidate_driver_ids, payment_keys)
            cross join lateral (
                select
                    shown.driver_id, shown.person_key, shown.driver_name, shown.milestone_value, shown.lead_date,
                    shown.expected_amount, shown.yango_due_date, shown.yango_payment_status, shown.payment_key,
                    shown.pay_date, shown.reason_code, shown.match_rule, shown.match_confidence,
                    shown.identity_status, shown.suggested_driver_id, shown.is_reconcilable_enriched,
                    currency, candidate_driver_ids, payment_keys
                from ops.mv_yango_cabinet_claims_for_collection as shown
            ) as claim
            on conflict do nothing
        $copy$;
    end if;
    execute is_ours into is_found using 'ops.mv_cabinet_financial_14d';
    if is_found then
        execute $copy$
            insert into canon.cabinet_financials
            select financial.*, link.person_key
            from (values (null::text)) as absent (currency)
            cross join lateral (
                select
                    shown.driver_id, shown.lead_date, shown.driver_name, shown.iso_week, shown.week_start,
                    shown.connected_flag, shown.connected_date, shown.total_trips_14d, shown.reached_m1_14d,
                    shown.reached_m5_14d, shown.reached_m25_14d, shown.expected_amount_m1, shown.expected_amount_m5,
                    shown.expected_amount_m25, shown.expected_total_yango, shown.claim_m1_exists,
                    shown.claim_m1_paid, shown.claim_m5_exists, shown.claim_m5_paid, shown.claim_m25_exists,
                    shown.claim_m25_paid, shown.paid_amount_m1, shown.paid_amount_m5, shown.paid_amount_m25,
                    shown.total_paid_yango, shown.amount_due_yango, currency::text
                from ops.mv_cabinet_financial_14d as shown
            ) as financial
            left join canon.identity_links as link
                on link.source_table = 'drivers' and link.source_pk = financial.driver_id
            on conflict do nothing
        $copy$;
    end if;
end
$$;
