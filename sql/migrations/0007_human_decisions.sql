-- What humans decided: who, when, why, and what it was before and after. One row per row that a decision changed:
-- a person's ledger entry, a record's link, and with revert_backfill each of the many.
create table if not exists ops.human_decisions (
    id bigint generated always as identity primary key,
    kind text not null
    check (kind in ('resolve_scout_conflict', 'resolve_unmatched_lead', 'revert_backfill')),
    person_key uuid,
    source_table text,
    source_pk text,
    reverted_run_id integer,
    before jsonb,
    after jsonb,
    reason text not null check (reason ~ '\S'),
    decided_by text not null check (decided_by ~ '\S'),
    decided_at timestamptz not null,
    dag_run_id text
);
create index if not exists human_decisions_person on ops.human_decisions (person_key);
create index if not exists human_decisions_record on ops.human_decisions (source_table, source_pk);
create index if not exists human_decisions_reverted_run on ops.human_decisions (reverted_run_id)
where reverted_run_id is not null;
create index if not exists human_decisions_dag_run on ops.human_decisions (dag_run_id) where dag_run_id is not null;

create or replace trigger append_only
before update or delete or truncate on ops.human_decisions
for each statement execute function ops.refuse_change();
-- ALWAYS: also under session_replication_role = replica
alter table ops.human_decisions enable always trigger append_only;
