-- The newest run of any job, and whether one is active. One row.
select
    (select max(run.run_id) from ops.v_ingestion_runs as run) as id,
    exists(select 1 from ops.v_ingestion_runs as run where run.status = 'RUNNING') as is_active;
