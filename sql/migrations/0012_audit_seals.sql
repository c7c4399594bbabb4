-- The audit chain verifies itself, and what the pipelines' role adds by hand is found.

-- A verification is noted by ops.check_audit, which has no run.
alter table ops.audit_verifications alter column run_id drop not null;

-- Who wrote a decision and when, as the database says: the pipelines' role may write neither column. NULL: an earlier
-- decision.
alter table ops.human_decisions add column if not exists written_by text;
alter table ops.human_decisions add column if not exists written_at timestamptz;
alter table ops.human_decisions alter column written_by set default session_user;
alter table ops.human_decisions alter column written_at set default clock_timestamp();

-- Numbers of runs that audit rows named and nobody knew when this table was made: those of earlier programs. Filled
-- once; audit rows that are written by hand later under an unknown number are found by their run's not being here.
create table if not exists ops.earlier_audit_runs (run_id integer primary key);
insert into ops.earlier_audit_runs (run_id)
select audit.ingestion_run_id as run_id from ops.identity_links_backfill_audit as audit
union
select audit.ingestion_run_id from ops.lead_events_scout_backfill_audit as audit
union
select audit.ingestion_run_id from ops.lead_ledger_scout_backfill_audit as audit
union
select audit.run_id from ops.job_runs_audit as audit
except
select run.id from ops.ingestion_runs as run
except
select null
on conflict do nothing;
