-- Record a human decision and return it. One row.
insert into ops.human_decisions (
    kind, person_key, source_table, source_pk, before, after, reason, decided_by, decided_at, dag_run_id
)
values (
    %(kind)s, %(person_key)s::uuid, %(source_table)s, %(source_pk)s, %(before)s, %(after)s, %(reason)s, %(decided_by)s,
    %(decided_at)s, %(dag_run_id)s
)
returning
    id, kind, person_key::text as person_key, source_table, source_pk, before, after, reason, decided_by, decided_at;
