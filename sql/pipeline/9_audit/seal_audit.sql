-- Seal the audit rows of this run, and of killed runs before it, under the hash chain (ADR 9). Safe to run again:
-- sealed runs are left out.
select ops.seal_audited_runs(%(run_id)s::integer);
