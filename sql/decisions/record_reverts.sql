-- Record each row that a revert restored in ops.human_decisions. What an earlier revert of the run restored, which its
-- decisions tell, is reported as that.
-- Grain: one row that the run had written. Reads: revert_report_this_step.
update pg_temp.revert_report_this_step as report
set outcome = 'already reverted'
from ops.human_decisions as decision
where
    report.outcome = 'changed since'
    and decision.reverted_run_id = %(reverted_run_id)s::integer
    and decision.before ? report.what
    and coalesce(decision.source_table || ' ' || decision.source_pk, decision.person_key::text)
    = coalesce(report.source_table || ' ' || report.source_pk, report.person_key::text);

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
