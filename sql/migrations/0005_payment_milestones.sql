-- What a person is worth to a scout is one row per currency: amounts of different currencies are never added.
alter table canon.scout_payments drop constraint if exists scout_payments_pkey;
create unique index if not exists scout_payments_person
on canon.scout_payments (person_key, currency) nulls not distinct;
-- The person's accounts whose trips count for nothing.
alter table canon.scout_payments add column if not exists quarantined_driver_ids text[];

-- Beside rubbish, rows of a day that was loaded again are counted: versions that count for nothing.
alter table ops.source_days drop constraint if exists source_days_metric_type_check;
alter table ops.source_days add constraint source_days_metric_type_check
check (metric_type in ('business', 'ingestion', 'rubbish', 'duplicate'));
-- Count them at the next health check.
update ops.source_counts set identity = null where source_name = 'summary_daily' and identity is not null;

-- The milestones behind canon.scout_payments: what is due now, one row per milestone, of persons that are not blocked.
-- A liquidation period is closed from it.
create table if not exists canon.scout_payment_milestones (
    person_key uuid not null,
    rule_id integer not null,
    scout_id integer not null,
    origin_tag text not null,
    milestone_trips integer not null,
    driver_id text,
    currency text not null,
    amount numeric(12, 2) not null,
    lead_date date not null,
    achieved_date date not null,
    payable_date date not null,
    primary key (person_key, rule_id)
);
create index if not exists scout_payment_milestones_due on canon.scout_payment_milestones (payable_date, scout_id);
