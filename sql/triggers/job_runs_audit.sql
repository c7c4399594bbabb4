-- State changes of runs are append-only.
create or replace trigger append_only
before update or delete or truncate on ops.job_runs_audit
for each statement execute function ops.refuse_change();
alter table ops.job_runs_audit enable always trigger append_only;
