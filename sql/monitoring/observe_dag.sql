-- Record the state of a DAG in Airflow. A test run that does not know whether it is paused keeps what is recorded.
-- Key: dag_id. Idempotent.
insert into ops.dag_observations as known
(dag_id, is_paused, has_import_error, import_error, observed_at)
values (%(dag_id)s, %(is_paused)s, %(has_import_error)s, %(import_error)s, %(moment)s)
on conflict (dag_id) do update
set
    is_paused = case when %(is_test)s then coalesce(excluded.is_paused, known.is_paused) else excluded.is_paused end,
    has_import_error = excluded.has_import_error,
    import_error = excluded.import_error,
    observed_at = excluded.observed_at;
