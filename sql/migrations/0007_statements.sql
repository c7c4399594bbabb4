-- Liquidation periods: what each scout is due, frozen as statements, and how they were paid.
alter table ops.human_decisions drop constraint if exists human_decisions_kind_check;
alter table ops.human_decisions add constraint human_decisions_kind_check check (
    kind in (
        'resolve_scout_conflict', 'resolve_unmatched_lead', 'revert_backfill', 'split_merged_person',
        'close_liquidation_period'
    )
);

-- Closed liquidation periods. A period never changes after it was closed.
create table if not exists ops.liquidation_periods (
    id integer generated always as identity primary key,
    period_start date not null,
    period_end date not null,
    reason text not null check (reason ~ '\S'),
    closed_by text not null check (closed_by ~ '\S'),
    closed_at timestamptz not null,
    check (period_start <= period_end),
    exclude using gist (daterange(period_start, period_end, '[]') with &&)
);

-- What one scout is due for one period in one currency.
create table if not exists ops.scout_statements (
    id bigint generated always as identity primary key,
    period_id integer not null references ops.liquidation_periods (id),
    scout_id integer not null,
    currency text not null,
    amount numeric(14, 2) not null,
    line_count integer not null,
    correction_count integer not null,
    unique (period_id, scout_id, currency)
);
create index if not exists scout_statements_scout on ops.scout_statements (scout_id, period_id);

-- One milestone of one person that a statement pays, or takes back from an earlier one.
create table if not exists ops.scout_statement_lines (
    id bigint generated always as identity primary key,
    statement_id bigint not null references ops.scout_statements (id),
    kind text not null check (kind in ('EARNED', 'CORRECTION')),
    -- why a correction; DUE_AGAIN: an earlier statement had taken it back
    reason_code text check (
        reason_code in ('LATE', 'AMOUNT_CHANGED', 'SCOUT_CHANGED', 'NO_LONGER_DUE', 'DUE_AGAIN')
    ),
    -- the line that it corrects; NULL: nothing was paid for it yet
    corrects_line_id bigint references ops.scout_statement_lines (id),
    person_key uuid not null,
    rule_id integer not null,
    origin_tag text not null,
    milestone_trips integer not null,
    driver_id text,
    lead_date date not null,
    achieved_date date not null,
    payable_date date not null,
    amount numeric(12, 2) not null,
    check ((kind = 'CORRECTION') = (reason_code is not null)),
    check (kind = 'CORRECTION' or corrects_line_id is null)
);
create index if not exists scout_statement_lines_statement on ops.scout_statement_lines (statement_id, id);
create index if not exists scout_statement_lines_person on ops.scout_statement_lines (person_key, rule_id);

-- That a statement was paid: once, with reference and date. (Numbered, since the audit chain covers rows by number.)
create table if not exists ops.scout_statement_payments (
    id bigint generated always as identity primary key,
    statement_id bigint not null unique references ops.scout_statements (id),
    paid_on date not null,
    reference text not null check (reference ~ '\S'),
    noted_by text not null check (noted_by ~ '\S'),
    noted_at timestamptz not null
);
