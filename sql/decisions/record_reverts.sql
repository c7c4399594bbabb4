-- Record each row that a revert restored in ops.human_decisions.
-- Grain: one row that the run had written. Reads: revert_report_this_step.
insert into ops.human_decisions (
    kind, person_key, source_table, source_pk, reverted_run_id, before, after, reason, decided_by, decided_at,
    dag_run_id
)
select
    'revert_backfill',
    report.person_key,
    report.source_table,
    report.source_pk,
    %(reverted_run_id)s::integer,
    jsonb_build_object(report.what, report.before),
    jsonb_build_object(report.what, report.after),
    %(reason)s,
    %(decided_by)s,
    %(decided_at)s::timestamptz,
    %(dag_run_id)s
from pg_temp.revert_report_this_step as report
where report.outcome = 'reverted'
order by report.position;
