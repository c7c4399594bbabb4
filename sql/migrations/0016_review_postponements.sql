-- "Later" on the review desk, and the decisions of a day.
-- Review cases that a human put off until a day: until then the case is not offered first. A decision on the case ends
-- it. case_key: the person of a conflict, `source_table|source_pk` of a record, the key of a payment.
create table if not exists ops.review_postponements (
    case_kind text not null check (
        case_kind in ('CONFLICT', 'UNMATCHED', 'CONTESTED', 'REPLACED', 'UNEXPLAINED_PAYMENT')
    ),
    case_key text not null,
    postponed_until date not null,
    reason text,
    postponed_by text not null check (postponed_by ~ '\S'),
    postponed_at timestamptz not null default clock_timestamp(),
    primary key (case_kind, case_key)
);

create index if not exists human_decisions_decided on ops.human_decisions (decided_at, id);

-- A decision shows the claims of its person at once. The materialised view may not be ours, or not be there yet.
do $$
begin
    if to_regclass('ops.mv_yango_cabinet_claims_for_collection') is not null then
        create index if not exists mv_yango_claims_person
        on ops.mv_yango_cabinet_claims_for_collection (person_key);
    end if;
exception
    when insufficient_privilege or wrong_object_type or undefined_column then
        raise warning 'ops.mv_yango_cabinet_claims_for_collection got no index on person_key: %', sqlerrm;
end
$$;
