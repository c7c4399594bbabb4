-- The audit rows of this run, and of earlier ones that were killed before they could, under the chain of hashes.
select ops.seal_audited_runs(%(run_id)s::integer);
