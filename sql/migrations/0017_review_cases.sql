-- The queue of the review page: cases that wait for a human, with what they are ordered and filtered by.
-- canon.derived_review_cases says which cases there are. Grain and key: (case_kind, case_key).
create table if not exists canon.review_cases (
    case_kind text not null check (
        case_kind in ('CONFLICT', 'UNMATCHED', 'CONTESTED', 'REPLACED', 'UNEXPLAINED_PAYMENT')
    ),
    case_key text not null,
    person_key uuid,
    source_table text,
    source_pk text,
    payment_key text,
    reason_code text not null,
    since timestamptz not null,
    probability double precision,
    amount numeric(12, 2),
    currency text,
    scout_ids integer[] not null,
    park_id text,
    -- a record without any candidate decides about no money
    worth double precision not null generated always as (
        coalesce(amount, 0)::double precision
        * coalesce(probability, case when case_kind = 'UNMATCHED' then 0 else 1 end)
    ) stored,
    primary key (case_kind, case_key)
);

create index if not exists review_cases_order
on canon.review_cases (case_kind, worth desc, probability desc nulls last, since, case_key);
create index if not exists review_cases_of_scout
on canon.review_cases using gin (scout_ids) where scout_ids <> '{}';
create index if not exists review_cases_of_park
on canon.review_cases (park_id, case_kind, worth desc, probability desc nulls last, since, case_key)
where park_id is not null;
create index if not exists review_cases_of_reason on canon.review_cases (case_kind, reason_code);
create index if not exists review_cases_of_person on canon.review_cases (person_key) where person_key is not null;
